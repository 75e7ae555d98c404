"""``python -m rollgrade``, and the command ``rollgrade``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line; Ctrl-C while it is imported ends it quietly too."""
    try:
        from rollgrade.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
