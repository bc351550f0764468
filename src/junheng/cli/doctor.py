"""`junheng doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from junheng.cli.language import lang_option, speaker
from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.site.doctor.examine import Answer
    from junheng.site.doctor.findings import Patient

WRONG = 1
MARKS = {None: "ok    ", "warning": "warn  ", "fault": "FAULT "}
NOT_ASKED = "–     "


@click.command("doctor")
@click.option("--all", "thorough", is_flag=True, help="Read every stored file, not a sample.")
@click.option("--stopped", is_flag=True, help="The site is stopped: do not ask for its worker.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@lang_option
def command(
    thorough: bool,  # noqa: FBT001 (click hands its flags over by name)
    stopped: bool,  # noqa: FBT001 (as above)
    as_json: bool,  # noqa: FBT001 (as above)
    lang: str,
) -> None:
    """Look at this installation and say what is wrong and how to mend it.

    Works while the site runs, while it is stopped and while the database is down. Exits 0 when
    nothing is wrong, 1 when there are warnings or faults, 2 for wrong use.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    from junheng.site.doctor.examine import examine

    say, counts = speaker(lang), Counter[str]()
    for answer in examine(_patient(thorough=thorough, stopped=stopped)):
        counts.update(finding.level for finding in answer.findings)
        click.echo(_as_json(answer, say) if as_json else _as_text(answer, say))
    if not as_json:
        told = say(_("Faults: %(faults)s, warnings: %(warnings)s."))
        click.echo(told % {"faults": counts["fault"], "warnings": counts["warning"]})
    sys.exit(WRONG if counts.total() else 0)


def _patient(*, thorough: bool, stopped: bool) -> Patient:
    """The same places as in the settings, which cannot be asked before the keys are sound."""
    from junheng.site.doctor.findings import Patient

    var = Path(os.environ.get("JUNHENG_VAR") or Path.cwd() / "var").absolute()
    keys = Path(os.environ.get("JUNHENG_KEYS_FILE") or var / "keys.json")
    return Patient(var, keys, thorough, stopped)


def _as_text(answer: Answer, say: Gettext) -> str:
    if not answer.asked:
        return f"{NOT_ASKED}{answer.slug}: {say(_('not looked at'))}"
    lines = [f"{MARKS[answer.level]}{answer.slug}"]
    for finding in answer.findings:
        sentence, remedy = finding.said(say)
        lines += [f"      {sentence}", f"      → {remedy}"]
    return "\n".join(lines)


def _as_json(answer: Answer, say: Gettext) -> str:
    told = [
        {"level": finding.level, "what": what, "do": do}
        for finding in answer.findings
        for what, do in [finding.said(say)]
    ]
    entry = {"check": answer.slug, "asked": answer.asked, "findings": told}
    return json.dumps(entry, ensure_ascii=False)
