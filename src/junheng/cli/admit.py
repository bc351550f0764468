"""`junheng admit`: a round from files to files; no database, no site."""

from __future__ import annotations

import gc
import getpass
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

import click

from junheng.cli.folders import refuse_full, write_folder
from junheng.cli.language import lang_option, speaker
from junheng.cli.progress import Progress, part, progress_bar
from junheng.kernel.faults import Fault, Gettext, Refused
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.admissions.engine.types import Result, Round
    from junheng.admissions.files.pack import Rarity
    from junheng.admissions.files.read import Inputs

REFUSED = 1
TWO = 2
_ZONE = ZoneInfo("Asia/Shanghai")


@click.command("admit")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New or empty folder.")
@click.option("--seed", help="The seed drawn in public; replaces the one in round.toml.")
@click.option("--pack", is_flag=True, help="Also make the round for the public, in OUT/pack.")
@click.option(
    "--decided-by",
    multiple=True,
    metavar="NAME",
    help="One of the two people who decide to make the pack; give it twice, or be asked.",
)
@click.option("--replace", is_flag=True, help="Replace an earlier result in OUT.")
@lang_option
def command(
    source: Path,
    out: Path,
    seed: str | None,
    pack: bool,  # noqa: FBT001 (click hands its flags over by name)
    decided_by: tuple[str, ...],
    replace: bool,  # noqa: FBT001 (as above)
    lang: str,
) -> None:
    """Run the admission round in IN (a folder of CSV files or one .xlsx) into OUT.

    Exits 0 when the result is written, 1 when the input is refused (every fault is printed,
    nothing is written), 2 for wrong use.
    """
    # Millions of small values, none in a circle: looking for circles would double the time.
    gc.disable()
    say = speaker(lang)
    _require(source)
    with progress_bar(say) as progress:
        inputs, the_round = _read(source, seed, say, progress)
        refuse_full(out, "OUT", replaceable=_written_by_us() if replace else ())
        began, clock = datetime.now(_ZONE), time.monotonic()
        result = _run(inputs, the_round, say, part(progress, 0.2, 0.5))
        files = _outputs(inputs, the_round, result, part(progress, 0.5, 0.9))
    deciders: tuple[str, ...] = ()
    if pack:
        packed, rarity = _pack(the_round, result)
        deciders = _two_people(rarity, decided_by, say)
        files |= {f"pack/{name}": content for name, content in packed.items()}
    files["run.json"] = _run_json(began, time.monotonic() - clock, deciders)
    write_folder(out, files)
    click.echo(_summary(result, out, say))


def _require(source: Path) -> None:
    if not source.exists():
        raise click.UsageError(f"IN {source} does not exist.")
    if source.is_file() and source.suffix.lower() != ".xlsx":
        raise click.UsageError(f"IN {source} is neither a folder nor an .xlsx workbook.")


def _written_by_us() -> frozenset[str]:
    from junheng.admissions.files.write import EXPLANATIONS, PLACEMENTS, RECEIPT, RUN, SCHOOLS

    return frozenset((PLACEMENTS, SCHOOLS, EXPLANATIONS, RECEIPT, RUN, "pack"))


def _read(source: Path, seed: str | None, say: Gettext, progress: Progress) -> tuple[Inputs, Round]:
    from junheng.admissions.files.check import check
    from junheng.admissions.files.read import read_inputs

    try:
        progress("reading", 0.0)
        inputs = read_inputs(source)
        progress("checking", 0.1)
        return inputs, check(inputs, seed=seed)
    except Refused as refused:
        refuse(refused.faults, say)
    except PermissionError as error:
        raise click.UsageError(f"{error.filename} may not be read.") from None


def refuse(faults: list[Fault], say: Gettext) -> NoReturn:
    """Print every fault and leave with 1."""
    for fault in faults:
        click.echo(str(fault.said_in(say)), err=True)
    told = say(_("Refused: %(count)s faults. Nothing was written.")) % {"count": len(faults)}
    click.echo(told, err=True)
    sys.exit(REFUSED)


def _run(inputs: Inputs, the_round: Round, say: Gettext, progress: Progress) -> Result:
    from junheng.admissions.engine.assign import run
    from junheng.admissions.engine.errors import RoundRefused
    from junheng.admissions.files.refusals import faults_of

    try:
        return run(the_round, progress)
    except RoundRefused as refused:
        refuse(faults_of(refused, inputs, the_round), say)


def _outputs(
    inputs: Inputs, the_round: Round, result: Result, progress: Progress
) -> dict[str, bytes]:
    from junheng.admissions.files.write import write_outputs

    return write_outputs(the_round, result, inputs=inputs, progress=progress)


def _run_json(began: datetime, seconds: float, deciders: tuple[str, ...]) -> bytes:
    from junheng.kernel.canonical import canonical_json

    record: dict[str, object] = {
        "software": f"junheng {version('junheng')}",
        "by": _user(),
        "began": began.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
    }
    if deciders:
        record["pack_decided_by"] = list(deciders)
    return canonical_json(record)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _summary(result: Result, out: Path, say: Gettext) -> str:
    how = [h.value for h in result.how]
    figures: Mapping[str, object] = {
        "all": len(how),
        "list": how.count("choice") + how.count("zone"),
        "diverted": how.count("diverted"),
        "unplaced": how.count("unplaced"),
        "out": out,
    }
    return (
        say(
            _(
                "%(all)s children: %(list)s seated by list, %(diverted)s diverted, "
                "%(unplaced)s without a seat. The result is in %(out)s."
            )
        )
        % figures
    )


# ------------------------------------------------------------------------------- the pack


def _pack(the_round: Round, result: Result) -> tuple[dict[str, bytes], Rarity]:
    from junheng.admissions.files.pack import build_pack, rarity_of

    return build_pack(the_round, result), rarity_of(the_round, result)


def _two_people(rarity: Rarity, decided_by: tuple[str, ...], say: Gettext) -> tuple[str, ...]:
    """Show how many might be recognised, then have two people decide.

    The names come from `--decided-by` given twice, or are asked for on a terminal.
    """
    figures = {"rare": rarity.rare, "unique": rarity.unique, "all": rarity.children}
    told = say(
        _(
            "%(rare)s of %(all)s children share their tier, sibling school, group size and list "
            "with fewer than 10 others, %(unique)s with nobody: who knows these of a child can "
            "find it in the pack."
        )
    )
    click.echo(told % figures, err=True)
    names = [name.strip() for name in decided_by if name.strip()]
    while len(names) < TWO and sys.stdin.isatty():
        asked = (
            say(_("Name of the person who decides that the pack is made"))
            + f" ({len(names) + 1}/2)"
        )
        names.append(click.prompt(asked, err=True).strip())
    if len({name.casefold() for name in names}) < TWO:
        raise click.UsageError(
            "two different people decide on a pack: give --decided-by NAME twice. "
            "Nothing was written."
        )
    return tuple(names)
