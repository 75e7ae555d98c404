"""``python -m rollgrade``."""

from rollgrade.cli import main

main()
