"""`junheng explain`: why one child is where it is, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from junheng.cli.language import lang_option, speaker

if TYPE_CHECKING:
    from junheng.admissions.engine.types import Key

_GUESSES = 3


@click.command("explain")
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("applicant_id")
@click.option(
    "--inputs",
    "source",
    metavar="IN",
    type=click.Path(path_type=Path, exists=True),
    help="What `admit` was given, to call the schools by their names.",
)
@lang_option
def command(out: Path, applicant_id: str, source: Path | None, lang: str) -> None:
    """Say why the child APPLICANT_ID is where the result in OUT has it.

    Reads OUT alone; with --inputs schools are called by their names.
    """
    from junheng.admissions.files.explanations import explanation_from
    from junheng.admissions.sentences import sentences

    line = _line_of(out, applicant_id)
    priority = _priority(out)
    try:
        explanation = explanation_from(line, priority)
    except (KeyError, ValueError, TypeError):
        raise click.UsageError(f"the explanation in {out} cannot be read.") from None
    names = _names(source) if source else {}
    for sentence in sentences(explanation, speaker(lang), names=names, priority=priority):
        click.echo(sentence)


def _line_of(out: Path, applicant_id: str) -> dict[str, Any]:
    wanted = f'{{"applicant_id":{json.dumps(applicant_id, ensure_ascii=False)},'.encode()
    for line in _lines(out):
        if line.startswith(wanted):
            found: dict[str, Any] = json.loads(line)
            return found
    near = get_close_matches(applicant_id, _ids(out), n=_GUESSES, cutoff=0.75)
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    raise click.UsageError(f"the result in {out} has no child “{applicant_id}”.{guess}")


def _lines(out: Path) -> Iterator[bytes]:
    from junheng.admissions.files.write import EXPLANATIONS

    path = out / EXPLANATIONS
    if not path.is_file():
        raise click.UsageError(f"{out} holds no result: there is no {EXPLANATIONS}.")
    with path.open("rb") as file:
        yield from file


def _ids(out: Path) -> list[str]:
    """Every child's code, cut out of the lines without parsing them."""
    head = len('{"applicant_id":"')
    return [line[head : line.index(b'"', head)].decode() for line in _lines(out)]


def _priority(out: Path) -> tuple[Key, ...]:
    from junheng.admissions.files.explanations import priority_from
    from junheng.admissions.files.write import RECEIPT

    try:
        return priority_from(json.loads((out / RECEIPT).read_bytes()))
    except (OSError, KeyError, TypeError, ValueError):
        raise click.UsageError(f"{out} holds no readable {RECEIPT}.") from None


def _names(source: Path) -> dict[str, str]:
    from junheng.admissions.files.layout import SCHOOLS
    from junheng.admissions.files.read import read_inputs

    cells = read_inputs(source).cells.get(SCHOOLS.name)
    if cells is None:
        raise click.UsageError(f"{source} has no table of schools.")
    return dict(zip(cells.columns["school_id"], cells.columns["name"], strict=True))
