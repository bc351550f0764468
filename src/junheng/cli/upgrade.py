"""`junheng upgrade`: a backup, the tables of this version, a look over it, and the way back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from junheng.cli.backup import WRONG, refuse, stoppable
from junheng.cli.language import lang_option, speaker
from junheng.cli.owner import as_owner
from junheng.cli.serve import run_module
from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _


@click.command("upgrade")
@click.argument(
    "folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@lang_option
def command(folder: Path, lang: str) -> None:
    """Bring this installation's data to this version, after a backup into FOLDER.

    Run it with the new software while the site is stopped. Safe to kill and to run again: where
    nothing is left to be done it only looks it over. Exits 0 when all is well, 1 when it was not
    done or `junheng doctor` has something to say, 2 for wrong use.
    """
    say = speaker(lang)
    with stoppable(), as_owner(running=False):
        back = _way_back(folder, say)
        try:
            run_module("junheng.site.prepare")
            well = _is_well(lang)
        finally:
            if back is not None:
                _tell(back, say)
    sys.exit(0 if well else WRONG)


def _way_back(folder: Path, say: Gettext) -> Path | None:
    from junheng.site.backups.refusals import NotDone
    from junheng.site.upgrading import way_back

    try:
        back = way_back(folder)
    except NotDone as no:
        refuse(no, say)
    click.echo(
        say(_("Nothing waits to be changed."))
        if back is None
        else say(_("The backup of before is %(file)s.")) % {"file": back}
    )
    return back


def _is_well(lang: str) -> bool:
    """Ask the doctor, who looks with the rights of the site, not with ours."""
    program = "from junheng.cli import main; main()"
    site = {name: value for name, value in os.environ.items() if name != "JUNHENG_AS_OWNER"}
    asked = [sys.executable, "-c", program, "doctor", "--stopped", "--lang", lang]
    return subprocess.run(asked, env=site, check=False).returncode == 0


def _tell(back: Path, say: Gettext) -> None:
    """How to go back, whatever happened."""
    told = say(
        _(
            "To go back: stop the site, run `junheng restore --replace %(file)s` with this "
            "version, put the old software back and start it. What was entered since the backup "
            "is lost."
        )
    )
    click.echo(told % {"file": back})
