"""`junheng aid`: entitlements decided from files, on one machine or on many; no site."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import click

from junheng.cli.folders import new_folder, refuse_full
from junheng.cli.language import lang_option, speaker
from junheng.kernel.faults import Fault, Gettext, Refused
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.aid.files.runs import Ran
    from junheng.aid.runners.base import Runner

REFUSED = 1
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


class _SparkMissing(click.ClickException):
    """Spark is asked for and not there."""

    exit_code = 2


@click.group("aid")
def command() -> None:
    """Who is entitled to which aid, and was it paid: decided from files."""


@command.command("run")
@click.option(
    "--facts", required=True, type=_FOLDER, help="A period: period.toml, facts, given, paid."
)
@click.option("--policies", required=True, type=_FOLDER, help="A TOML file for each policy.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New or empty folder.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Where it is computed; the result is the same.",
)
@click.option(
    "--memory", default="2GB", show_default=True, help="What DuckDB may take before it spills."
)
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs.")
@lang_option
def run(
    facts: Path, policies: Path, out: Path, engine: str, memory: str, master: str, lang: str
) -> None:
    """Decide everybody by every policy, and hold it against what was paid.

    Writes the answers of each counting day, differences, totals and a receipt into OUT. Exits 0
    when they are written, 1 when the input is refused (every fault is printed, nothing is
    written), 2 for wrong use or where Spark is not there.
    """
    say = speaker(lang)
    refuse_full(out, "OUT")
    try:
        ran = _run(facts, policies, out, (engine, memory, master))
    except Refused as refused:
        _refuse(refused.faults, say)
    click.echo(_summary(ran, out, say))


def _run(facts: Path, policies: Path, out: Path, how: tuple[str, str, str]) -> Ran:
    from junheng.aid.files.folder import read_folder
    from junheng.aid.files.runs import policy_files, run_folder

    files = policy_files(policies)
    folder = read_folder(facts)
    with (
        new_folder(out) as part,
        TemporaryDirectory(dir=part.parent) as spill,
        _runner(how, (facts, part), Path(spill)) as runner,
    ):
        return run_folder(runner, folder, files, part)


@contextmanager
def _runner(how: tuple[str, str, str], folders: tuple[Path, ...], spill: Path) -> Iterator[Runner]:
    engine, memory, master = how
    if engine == "duckdb":
        from junheng.aid.runners.duck import DuckDB

        runner: Runner = DuckDB(folders, spill, memory=memory)
    else:
        from junheng.aid.runners.spark import NoSpark, Spark

        try:
            runner = Spark(folders, spill, master=master)
        except NoSpark as missing:
            raise _SparkMissing(
                f"Spark is not on this machine ({missing} is missing): "
                "pip install 'junheng[spark]', and Java 17."
            ) from None
    try:
        yield runner
    finally:
        runner.close()


def _refuse(faults: list[Fault], say: Gettext) -> NoReturn:
    """Print every fault and leave with 1."""
    lines = [str(fault.said_in(say)) for fault in faults]
    told = say(_("Refused, nothing was written. Faults: %(count)s.")) % {"count": len(faults)}
    click.echo("\n".join([*lines, told]), err=True)
    sys.exit(REFUSED)


def _summary(ran: Ran, out: Path, say: Gettext) -> str:
    from junheng.kernel.money import Fen

    told = say(
        _(
            "Claims: %(entitled)s, together %(yuan)s yuan. Undecided: %(undecided)s. Due and paid "
            "differ: %(differences)s. The result is in %(out)s."
        )
    )
    figures = {
        "entitled": ran.entitled,
        "yuan": Fen(ran.fen),
        "undecided": ran.undecided,
        "differences": ran.differences,
        "out": out,
    }
    return told % figures
