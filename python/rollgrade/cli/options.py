"""Options that more than one command has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rollgrade.logs.fieldpath import FieldPath
    from rollgrade.logs.options import Options

__all__ = [
    "LACKS",
    "Address",
    "CompletionPath",
    "Engine",
    "FactsPath",
    "JoinDataset",
    "JoinOn",
    "ReferencePath",
    "RubricFile",
    "SourceFrom",
    "SourcePath",
    "SourceTemplate",
    "files_read",
    "reading_from",
]

LACKS = "What the log lacks"

_PANEL = "Fields, where they are not found or not the right ones"

RubricFile = Annotated[
    str | None,
    typer.Option(
        "--rubric",
        metavar="RUBRIC",
        help="Rubric file (TOML, or JSON by its name), or a recipe: summarization, ranking, tutorial-1 to tutorial-4, "
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
JoinDataset = Annotated[
    Path | None,
    typer.Option(
        "--join",
        metavar="DATASET",
        rich_help_panel=LACKS,
        help="JSONL or Parquet with the sources, facts or references that the log lacks.",
    ),
]
JoinOn = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="KEY",
        rich_help_panel=LACKS,
        help="The field that both have: an id, or the prompt. LOG_FIELD=DATASET_FIELD where they differ. "
        "--source, --facts and --reference are then the dataset's.",
    ),
]
SourceFrom = Annotated[
    str | None,
    typer.Option(
        "--source-from", metavar="PATH", rich_help_panel=LACKS, help="The prompt that holds the source."
    ),
]
SourceTemplate = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="TEXT",
        rich_help_panel=LACKS,
        help="The text around it, as in 'Summarise: {document}'; @FILE reads it from a file.",
    ),
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


def files_read(
    *rubrics: str | Path | None, join: Path | None = None, template: str | None = None
) -> list[Path]:
    """The files beside the logs that a command is given to read, which no output may replace."""
    of_template = template[1:] if template is not None and template.startswith("@") else None
    return [Path(given) for given in (*rubrics, join, of_template) if given is not None]


def reading_from(
    fields: Mapping[str, str | None],
    *,
    join: Path | None,
    on: str | None,
    source_from: str | None,
    template: str | None,
) -> Options:
    """How the rollouts of logs are read. Raises ``ValueError`` that names the option."""
    from rollgrade.logs.joining import Template, load_join
    from rollgrade.logs.options import Options
    from rollgrade.logs.reader import field_paths

    if (join is None) != (on is None):
        raise ValueError("--join and --on go together: the dataset, and the field that it and the log have")
    if (source_from is None) != (template is None):
        raise ValueError(
            "--source-from and --template go together: the prompt, and the text around the document in it"
        )
    paths = field_paths(**fields)
    joined = None
    if join is not None and on is not None:
        of_dataset: dict[str, FieldPath] = {
            name: paths.pop(name) for name in ("source", "facts", "reference") if name in paths
        }
        joined = load_join(join, on, of_dataset)
    parsed = None
    if source_from is not None and template is not None:
        if "source" in paths:
            raise ValueError("--source and --source-from: got both, expected one of them")
        paths |= field_paths(source=source_from)
        text = template
        if template.startswith("@"):
            # The line end that editors put there is no part of the template.
            text = Path(template[1:]).read_text("utf-8").removesuffix("\n")
        parsed = Template.parse(text)
    return Options(paths=paths, join=joined, template=parsed)
