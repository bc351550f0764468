"""`junheng facts`: what the registers say of a term, as files for `junheng aid run`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from junheng.cli.backup import stoppable
from junheng.cli.folders import new_folder, refuse_full
from junheng.cli.language import lang_option, speaker
from junheng.cli.owner import as_owner
from junheng.kernel.faults import gettext_noop as _

WRONG = 1


@click.group("facts")
def command() -> None:
    """Facts of the registers as files, without a name, a number or a telephone."""


@command.command("export")
@click.option("--term", required=True, help="Such as 2026-2027-1.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New or empty folder.")
@click.option("--county", "counties", multiple=True, help="A county's code; may be repeated.")
@lang_option
def export(term: str, out: Path, counties: tuple[str, ...], lang: str) -> None:
    """Write facts, payments and policies of a term into OUT, a file for each county.

    The site may go on. Persons are references, opaque outside this installation. Exits 0 when
    written, 1 when there is no such term or its days differ, 2 for wrong use.
    """
    say = speaker(lang)
    refuse_full(out, "OUT")
    with stoppable(), as_owner(running=True):
        from junheng.aid.facade import NoSuchTerm, TermsDiffer, export_term

        try:
            with new_folder(out) as part:
                rows = export_term(term, part, counties)
        except NoSuchTerm:
            told = say(_("No county that was asked for has the term %(term)s."))
            click.echo(told % {"term": term}, err=True)
            sys.exit(WRONG)
        except TermsDiffer as error:
            told = say(_("The term has not the same days in %(counties)s: export them apart."))
            click.echo(told % {"counties": ", ".join(error.counties)}, err=True)
            sys.exit(WRONG)
    told = say(_("Counties: %(counties)s, rows of facts: %(rows)s. They are in %(out)s."))
    figures = {"counties": ", ".join(rows), "rows": sum(rows.values()), "out": out}
    click.echo(told % figures)
