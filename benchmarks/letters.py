"""Admission letters of a county, as a job: 9,000 in a file for each of 60 schools and one bundle.

    python -m benchmarks.letters [LETTERS]

A site in a folder of its own with a published round. The job is the site's own: it issues the
letters, opens sealed names, computes every QR code, sets every page, and writes who printed what.
Then a school's list for every school, and the public notice.
"""

from __future__ import annotations

import io
import os
import resource
import secrets
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from junheng.admissions.models import Round

BAR_SECONDS = 300.0
LETTERS, A_SCHOOL = 9_000, 150
GIVEN = ("一涵", "子轩", "雨桐", "梓萱", "浩然", "沐阳", "欣怡", "宇航")


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": folder,
            "JUNHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
        }
        from junheng.cli.serve import database

        with database():
            took = measure(published(count))
    print(f"bar: {BAR_SECONDS:.0f} s, {'kept' if took <= BAR_SECONDS else 'BROKEN'}")
    return took > BAR_SECONDS


def published(count: int) -> Round:
    """A published round of so many children with names, and what its letters say."""
    import subprocess

    subprocess.run([sys.executable, "-m", "junheng.site.prepare"], check=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    from junheng.accounts.facade import User
    from junheng.admissions import facade
    from junheng.admissions.files.sample import Wish, sample_round
    from junheng.admissions.models import Round, RoundPapers

    people = {name: User.objects.get(username=name) for name in ("admissions", "leader")}
    loaded = facade.load_round("990100", sample_round(Wish(count, count // A_SCHOOL, "letters", 0)))
    facade.hold_drill(
        loaded.id,
        officer=people["admissions"],
        leader=people["leader"],
        contributions=("letters",),
        figures="1",
    )
    the_round: Round = Round.objects.get(pk=loaded.id)
    RoundPapers.objects.create(
        round=the_round,
        check_in_when="2026年8月29日至30日，每天8:30至16:30",
        bring="户口簿、儿童预防接种证、本通知书，均带原件和复印件一份",
        contact="0999-1380000",
    )
    name_everybody(the_round)
    return the_round


def name_everybody(the_round: Round) -> None:
    """An application for every child."""
    from junheng.admissions.models import Application, Placement
    from junheng.kernel.ref import Ref

    codes = Placement.objects.filter(run__round=the_round).values_list("code", flat=True)
    Application.objects.bulk_create(
        [
            Application(
                round=the_round,
                number=str(Ref.draw("AR", 2026, secrets.randbelow)),
                code=code,
                child_name="王李赵钱孙周"[place % 6] + GIVEN[place % len(GIVEN)],
                guardian_name="王",
                phone="13800000001",
                look_up=str(place),
                path=the_round.path,
            )
            for place, code in enumerate(sorted(set(codes)))
        ],
        2_000,
    )


def measure(the_round: Round) -> float:
    from django.utils import translation

    from junheng.accounts.facade import User
    from junheng.admissions import jobs
    from junheng.admissions.models import Letter, LetterPrint
    from junheng.admissions.selectors.letters import published_of
    from junheng.admissions.services import papers, posting, printing
    from junheng.commons.worker import perform

    officer = User.objects.get(username="admissions")
    record = published_of(the_round)
    assert record is not None
    schools = list(record.input.schools.order_by("code"))
    with translation.override("zh-hans"):
        asked = jobs.start_printing(the_round, schools, by=officer, reason="", language="zh-hans")
        told("ready to print", 0, 0)
        begun = time.perf_counter()
        perform(asked.pk)
        took = time.perf_counter() - begun
        asked.refresh_from_db()
        assert asked.state == "done", asked.error
        bundle = printing.kept().get(LetterPrint.objects.get(school=None).sha256)
        files = len(zipfile.ZipFile(io.BytesIO(bundle)).namelist())
        told(f"{Letter.objects.count():,} letters in {files} files", took, len(bundle))

        begun, size = time.perf_counter(), 0
        sender = printing.sender_of(the_round)
        for school in schools:
            children = posting.expected_at(the_round, school)
            size += len(papers.school_list_pdf(sender, school.name, children))
        told("the list of every school", time.perf_counter() - begun, size)
        begun = time.perf_counter()
        size = len(papers.public_notice_pdf(sender, notice_text(sender), notice_rows(the_round)))
        told("the public notice", time.perf_counter() - begun, size)
    return took


def notice_text(sender: object) -> object:
    from junheng.admissions.services.papers import NoticeText

    day = sender.signed_on  # type: ignore[attr-defined]  # imported only once settings are known
    return NoticeText(day, day, "0999-1380000")


def notice_rows(the_round: Round) -> list[object]:
    from junheng.admissions.selectors import notices
    from junheng.admissions.selectors.letters import published_of
    from junheng.admissions.services.papers import Admitted

    record = published_of(the_round)
    assert record is not None
    rows = notices.rows_of(record, notices.children_of(record))
    return [Admitted(row.number, row.child, row.school) for row in rows]


def told(title: str, took: float, size: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    print(
        f"{title:<36}{took:>8.1f} s{size / 1e6:>8.1f} MB{peak:>8} MB memory"
        f"{cpu:>8.1f} s of CPU since the start",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
