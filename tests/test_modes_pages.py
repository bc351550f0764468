"""Rounds that ask families, and rounds that move grades, in a real browser at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from junheng.accounts.tests import cast
from junheng.admissions.models import RoundRun
from junheng.admissions.services import loading, steps
from junheng.admissions.services.answer_workbooks import answers_workbook
from junheng.admissions.tests.rounds import builders
from junheng.admissions.tests.rounds.test_modes import GRADE, MOVES, OPEN, SCHOOLS
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def run_pages(record: RoundRun) -> list[str]:
    """What shows the ways of diversion: the act, the result, its receipt, the public page."""
    of_run = [reverse(f"admissions:{n}", args=[record.run.ref]) for n in ("run", "receipt")]
    act = reverse("admissions:act", args=[record.round_id])
    the_round = record.round
    return [act, *of_run, reverse("public:round", args=[the_round.place.code, the_round.ref])]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_of_a_round_that_asks_families_are_sound(visit: Open, width: int) -> None:
    """Before the answers and after them, with the two results beside each other."""
    li, wu = cast.li(), cast.wu()
    first = builders.published(li, wu, schools=SCHOOLS, diversion=OPEN)
    window = visit(width).come_in(li)
    for page in (reverse("admissions:load"), *run_pages(first)):
        window.go(page).fine()
    sent = loading.receive(builders.county(), {"answers.xlsx": answers_workbook(first)}, li)
    made = loading.load_correction(loading.read_upload(sent.pk), li)
    builders.both(steps.CORRECT, first.round, li, wu, input=made.pk, reason="answers")
    second = builders.ran(builders.fresh(first.round), seed="", by=li)
    builders.both(steps.PUBLISH, first.round, li, wu, run=second.run.ref)
    between = reverse("admissions:compare", args=[second.run.ref, first.run.ref])
    for page in (between, *run_pages(second)):
        window.go(page).fine()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_of_a_round_that_moves_grades_are_sound(visit: Open, width: int) -> None:
    moved = builders.published(
        cast.li(), cast.wu(), schools=SCHOOLS, diversion=GRADE, grade_moves=MOVES
    )
    window = visit(width).come_in(cast.li())
    for page in run_pages(moved):
        window.go(page).fine()
