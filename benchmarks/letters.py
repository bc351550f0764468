"""Admission letters of a county as PDF: 9,000 in 60 files, one for each school.

    python -m benchmarks.letters [LETTERS]

The type is loaded, every QR code computed and every page set, in one process as in the worker;
the tables around it (`pytest -k nine_thousand`) and the wall of a public notice are timed apart.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")

import django

django.setup()

from django.utils import translation  # noqa: E402  # after django.setup()

from junheng.admissions.services.papers import (  # noqa: E402  # after django.setup()
    Admitted,
    CheckIn,
    LetterPaper,
    NoticeText,
    Sender,
    letters_pdf,
    public_notice_pdf,
    school_list_pdf,
)

BAR_SECONDS = 300.0
LETTERS = 9_000
A_SCHOOL = 150
SENDER = Sender("云淮县教育局", "2026年秋季小学一年级", date(2026, 7, 5))
ASKED = CheckIn(
    "2026年8月29日至30日，每天8:30至16:30",
    "校门口报到处",
    "户口簿、儿童预防接种证、本通知书，均带原件和复印件一份",
    "0999-1380000（教导处）",
)


def a_letter(place: int) -> LetterPaper:
    number = f"AL-2026-{place:08}"
    address = f"https://admissions.yunhuai.example/letters/verify/{number}?s=K7Q2M4XPVD{place:06}"
    child = "王李赵钱孙周"[place % 6] + "一涵子轩雨桐梓萱浩然"[place % 10] + "涵轩桐萱"[place % 4]
    school = f"城关镇第{place // A_SCHOOL + 1}小学"
    application = f"AR-2026-{place:08}"
    return LetterPaper(number, address, child, application, school, ASKED, SENDER.signed_on)


def letters(count: int) -> Iterator[bytes]:
    for start in range(0, count, A_SCHOOL):
        yield letters_pdf(SENDER, [a_letter(n) for n in range(start, min(count, start + A_SCHOOL))])


def lists(count: int) -> Iterator[bytes]:
    for start in range(0, count, A_SCHOOL):
        rows = [Admitted(f"AR-{n:08}", "王一涵", remark=f"AL-{n:08}") for n in range(A_SCHOOL)]
        yield school_list_pdf(SENDER, f"城关镇第{start // A_SCHOOL + 1}小学", rows)


def notice(count: int) -> Iterator[bytes]:
    rows = [Admitted(f"AR-{n:08}", "王*涵", f"第{n // A_SCHOOL}小学") for n in range(count)]
    text = NoticeText(date(2026, 7, 5), date(2026, 7, 11), "0999-1380000")
    yield public_notice_pdf(SENDER, text, rows)


def timed(title: str, make: Callable[[int], Iterator[bytes]], count: int) -> float:
    begun, files, size = time.perf_counter(), 0, 0
    for pdf in make(count):
        files, size = files + 1, size + len(pdf)
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{title:<42}{took:>8.1f} s{files:>7} files{size / 1e6:>8.1f} MB{peak:>8} MB memory")
    return took


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    with translation.override("zh-hans"):
        took = timed(f"{count:,} letters, a file for each school", letters, count)
        timed("the list of every school", lists, count)
        timed("the public notice", notice, count)
    print(f"bar: {BAR_SECONDS:.0f} s, {'kept' if took <= BAR_SECONDS else 'BROKEN'}")
    return took > BAR_SECONDS


if __name__ == "__main__":
    raise SystemExit(main())
