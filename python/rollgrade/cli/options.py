"""Options that more than one command has."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Address", "CompletionPath", "Engine", "FactsPath", "ReferencePath", "RubricFile", "SourcePath"]

_PANEL = "Fields, where they are not found or not the right ones"

RubricFile = Annotated[
    str | None,
    typer.Option(
        "--rubric",
        metavar="RUBRIC",
        help="Rubric file (TOML), or a recipe: summarization, ranking, tutorial-1 to tutorial-4, "
        "tutorial-1-as-published, ...; without it the default rubric.",
    ),
]
CompletionPath = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        rich_help_panel=_PANEL,
        help="Where the completion is: output, choices[0].message.content",
    ),
]
SourcePath = Annotated[
    str | None, typer.Option(metavar="PATH", rich_help_panel=_PANEL, help="Where the source document is.")
]
FactsPath = Annotated[
    str | None, typer.Option(metavar="PATH", rich_help_panel=_PANEL, help="Where the key facts are.")
]
ReferencePath = Annotated[
    str | None,
    typer.Option(metavar="PATH", rich_help_panel=_PANEL, help="Where the reference summary is."),
]
_ENGINE = "On a cluster"
Engine = Annotated[
    str,
    typer.Option(
        metavar="ENGINE",
        rich_help_panel=_ENGINE,
        help="local, or ray: the same output, graded with Ray Data.",
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        rich_help_panel=_ENGINE,
        help="The Ray cluster: auto, or host:port; without it one on this machine.",
    ),
]
