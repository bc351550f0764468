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
    from junheng.admissions.engine.types import Round
    from junheng.admissions.files.pack import Rarity
    from junheng.admissions.files.read import Inputs
    from junheng.admissions.files.runs import Done

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
    try:
        with progress_bar(say) as progress:
            inputs, the_round = _read(source, seed, progress)
            refuse_full(out, "OUT", replaceable=_written_by_us() if replace else ())
            began, clock = datetime.now(_ZONE), time.monotonic()
            done = _run(inputs, the_round, part(progress, 0.2, 0.5))
            files = done.files(part(progress, 0.5, 0.9))
            seconds = time.monotonic() - clock
            progress("pack" if pack else "writing", 0.9)
            packed, rarity = done.pack() if pack else ({}, None)
    except Refused as refused:
        _refuse(refused.faults, say)
    deciders = _two_people(rarity, decided_by, say) if rarity else ()
    files |= {f"pack/{name}": content for name, content in packed.items()}
    first_run = done.first_run(files)
    files["run.json"] = _run_json(began, seconds, deciders)
    write_folder(out, files)
    click.echo(_summary(done.counts(), out, say))
    if first_run:
        click.echo(_asks(first_run, out, say))


def _require(source: Path) -> None:
    if not source.exists():
        raise click.UsageError(f"IN {source} does not exist.")
    if source.is_file() and source.suffix.lower() != ".xlsx":
        raise click.UsageError(f"IN {source} is neither a folder nor an .xlsx workbook.")


def _written_by_us() -> frozenset[str]:
    from junheng.admissions.files import write

    results = (write.PLACEMENTS, write.SCHOOLS, write.OFFERS, write.GRADES, write.EXPLANATIONS)
    return frozenset((*results, write.RECEIPT, write.RUN, "pack"))


def _read(source: Path, seed: str | None, progress: Progress) -> tuple[Inputs, Round]:
    from junheng.admissions.files.check import check
    from junheng.admissions.files.read import read_inputs

    try:
        progress("reading", 0.0)
        inputs = read_inputs(source)
        progress("checking", 0.1)
        return inputs, check(inputs, seed=seed)
    except PermissionError as error:
        raise click.UsageError(f"{error.filename} may not be read.") from None


def _run(inputs: Inputs, the_round: Round, progress: Progress) -> Done:
    from junheng.admissions.files.runs import run_inputs

    return run_inputs(inputs, the_round, progress)


def _refuse(faults: list[Fault], say: Gettext) -> NoReturn:
    """Print every fault and leave with 1."""
    lines = [str(fault.said_in(say)) for fault in faults]
    told = say(_("Refused, nothing was written. Faults: %(count)s.")) % {"count": len(faults)}
    click.echo("\n".join([*lines, told]), err=True)
    sys.exit(REFUSED)


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


def _summary(counts: Mapping[str, int], out: Path, say: Gettext) -> str:
    told = say(
        _(
            "Children: %(all)s. Seated by list: %(list)s, diverted: %(diverted)s, without a seat: "
            "%(unplaced)s. The result is in %(out)s."
        )
    )
    return told % {
        "all": counts["all"],
        "list": counts.get("choice", 0) + counts.get("zone", 0),
        "diverted": sum(counts.get(how, 0) for how in ("diverted", "offered", "moved")),
        "unplaced": counts.get("unplaced", 0),
        "out": out,
    }


def _asks(first_run: str, out: Path, say: Gettext) -> str:
    """How the second run follows the one that makes the offers."""
    told = say(
        _(
            "What families are offered stands in %(out)s/offers.csv. When they have answered, put "
            'offer_choices.csv beside the input and write first_run = "%(first_run)s" under '
            "[diversion] of round.toml."
        )
    )
    return told % {"out": out, "first_run": first_run}


# ------------------------------------------------------------------------------- the pack


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
    while len(names) < TWO and somebody_there():
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


def somebody_there() -> bool:
    """True if a question would be read by a person."""
    return sys.stdin.isatty()
