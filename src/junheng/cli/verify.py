"""`junheng verify`: check a result against its input, in code apart from the engine."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from junheng.cli.language import lang_option, speaker
from junheng.cli.progress import progress_bar
from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.admissions.files.read import Inputs

FAILED = 1
_MARKS = {True: "ok  ", False: "FAIL"}


@click.command("verify")
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--inputs",
    "source",
    metavar="IN",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="What `admit` was given: the folder or the .xlsx.",
)
@click.option("--seed", help="Hold the result against this seed, the one drawn in public.")
@lang_option
def command(out: Path, source: Path, seed: str | None, lang: str) -> None:
    """Check the result in OUT against the round in IN, a line for each property.

    Exits 0 only if every property holds, 1 if one fails, 2 for wrong use.
    """
    from junheng.admissions.verify.check import verify
    from junheng.admissions.verify.lines import Property

    gc.disable()  # as in admit: nothing here makes circles
    say = speaker(lang)
    outputs = _result(out)
    with progress_bar(say) as progress:
        progress("reading", 0.0)
        inputs = _read(source, say)
        progress("verifying", 0.2)
        rules = _with_seed(inputs.as_toml(), seed, outputs, say)
        lines = verify(rules, inputs.as_rows(), outputs)
    for line in lines:
        click.echo(f"{_MARKS[line.holds]} {line.property}: {line.sentence(say)}")
    complete = bool(lines) and lines[-1].property == Property.EXPLANATIONS
    if not (complete and all(line.holds for line in lines)):
        sys.exit(FAILED)


def _read(source: Path, say: Gettext) -> Inputs:
    """The input as text; what cannot even be read is told and fails."""
    from junheng.admissions.files.read import read_inputs

    inputs = read_inputs(source)
    if inputs.faults:
        for fault in inputs.faults:
            click.echo(str(fault.said_in(say)), err=True)
        sys.exit(FAILED)
    return inputs


def _with_seed(
    rules: dict[str, Any], seed: str | None, outputs: Mapping[str, bytes], say: Gettext
) -> dict[str, Any]:
    """The rules with the seed that the result is held against.

    `admit --seed` may replace the seed in the file; then the receipt's counts, and it is said.
    """
    lottery = dict(rules.get("lottery", {}))
    drawn = _receipt_seed(outputs)
    if seed is not None:
        lottery["seed"] = seed
    elif drawn and lottery.get("seed") and lottery["seed"] != drawn:
        figures = {"written": lottery.pop("seed"), "drawn": drawn}
        told = _(
            "note: the round names the seed “%(written)s”, the result was drawn with “%(drawn)s”. "
            "Use --seed to hold it against the one drawn in public."
        )
        click.echo(say(told) % figures, err=True)
    return {**rules, "lottery": lottery} if lottery else rules


def _receipt_seed(outputs: Mapping[str, bytes]) -> str:
    from junheng.admissions.files.write import RECEIPT

    try:
        receipt = json.loads(outputs.get(RECEIPT, b""))
    except ValueError:
        return ""
    seed = receipt.get("seed") if isinstance(receipt, dict) else None
    return seed if isinstance(seed, str) else ""


def _result(out: Path) -> dict[str, bytes]:
    from junheng.admissions.files import write

    names = (
        *(write.PLACEMENTS, write.SCHOOLS, write.EXPLANATIONS, write.RECEIPT),
        *(write.OFFERS, write.GRADES),
    )
    found = {name: (out / name).read_bytes() for name in names if (out / name).is_file()}
    if not found:
        raise click.UsageError(
            f"{out} holds no result: there is neither {names[0]} nor {names[3]}."
        )
    return found
