"""`junheng seed`: make the seed of a pack again, from what was public."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import click

from junheng.cli.language import lang_option, speaker

FAILED = 1
_MARKS = {True: "ok  ", False: "FAIL"}


@click.command("seed")
@click.argument("pack", type=click.Path(path_type=Path, exists=True, file_okay=False))
@lang_option
def command(pack: Path, lang: str) -> None:
    """Make the seed of PACK again from the frozen list, the words of parents and the event.

    Compare fingerprints, words and figures with what was announced: this command can only say
    that they fit each other. Exits 0 if all of it does, 1 if not, 2 for wrong use.
    """
    from junheng.admissions.verify.public import verify_seed

    say = speaker(lang)
    public, rules = _read(pack)
    try:
        lines = verify_seed(public, rules)
    except (KeyError, TypeError, AttributeError) as error:
        raise click.UsageError(f"{pack / 'public.json'} is not complete: {error}.") from None
    for line in lines:
        click.echo(f"{_MARKS[line.holds]} {line.step}: {line.sentence(say)}")
    click.echo(public["seed"])
    if not all(line.holds for line in lines):
        sys.exit(FAILED)


def _read(pack: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        public = json.loads((pack / "public.json").read_text("utf-8"))
        rules = tomllib.loads((pack / "round.toml").read_text("utf-8"))
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise click.UsageError(f"{pack} is no pack of a published round: no {missing}.") from None
    except ValueError as error:
        raise click.UsageError(f"{pack} cannot be read: {error}.") from None
    return public, rules
