"""Letters and public notice in a real browser: staff at a desk, a family with a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.admissions.files.letter_codes import code_of
from junheng.admissions.models import Letter, RoundRun
from junheng.admissions.services import printing, revoking
from junheng.admissions.services.printing import Order
from junheng.admissions.tests.letters import builders
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def record() -> RoundRun:
    """A published round, posted; one school's letters printed, another one's issued."""
    record = builders.published()
    today = timezone.localdate()
    until = today + timedelta(days=6)
    builders.told(
        record.round, notice_from=today, notice_until=until, objections="基础教育科 0999-1380000"
    )
    printing.print_school(record.round, builders.school_of(record), Order(cast.li()))
    builders.issued(record, "school-2")
    return record


def scanned(letter: Letter) -> str:
    """The address in a letter's QR code, within the site."""
    return f"{reverse('letters:verify', args=[letter.number])}?s={code_of(letter.number)}"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_of_staff_are_sound(visit: Open, record: RoundRun, width: int) -> None:
    window, pk = visit(width).come_in(cast.li()), record.round.pk
    letter = Letter.objects.order_by("pk")[0]
    pages = [
        reverse("admissions:letters", args=[pk]),
        reverse("admissions:papers", args=[pk]),
        reverse("admissions:desk", args=[pk, builders.school_of(record).pk]),
        reverse("admissions:letter", args=[letter.number]),
    ]
    for path in pages:
        window.go(path).fine()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_for_everybody_are_sound(visit: Open, record: RoundRun, width: int) -> None:
    first, second, *_ = Letter.objects.order_by("pk")
    revoking.revoke(second, by=cast.li(), reason="lost")
    window = visit(width)
    for letter in (first, second):
        window.go(scanned(letter)).fine()
    window.go(reverse("letters:notices")).fine()
    window.go(reverse("letters:notice", args=[record.round.pk])).fine()


def test_who_scans_a_letter_that_nobody_issued_reads_what_to_do(visit: Open) -> None:
    window = visit(PHONE, language="en")
    window.go(reverse("letters:verify", args=["AL-2026-7KQ4-9XMFY"]))
    assert window.page.get_by_text("show the paper to the school").count()
    window.expect_fault("404").fine()
