"""Somebody left out: a visit is asked for, and what came of it is written down once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from junheng.accounts.tests import cast
from junheng.aid.models import LeftOut
from junheng.aid.services import settling_left_out as service
from junheng.aid.services.finding_left_out import Somebody, write
from junheng.aid.services.merging_villages import CannotMerge
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.households import builders as households
from junheng.cases.facade import case_of
from junheng.cases.models import Case
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.facade import Person, Register

pytestmark = pytest.mark.django_db
STRANGER = {"resident_id": "990100197001010013", "name": "程玉兰", "place_code": cast.VILLAGE}


def left_out(**given: Any) -> LeftOut:
    build.home()
    build.rule(Register.SUBSISTENCE, speaks="for")
    build.delivered(STRANGER | given, register=Register.SUBSISTENCE)
    build.checked()
    found: LeftOut = LeftOut.objects.get()
    return found


def test_a_visit_is_a_case_of_the_village_and_ends_with_a_household() -> None:
    row = left_out()
    case = service.ask_for_visit(row, by=cast.ma())
    again = service.ask_for_visit(row, by=cast.zhou())
    assert case.number == again.number
    assert case.path == row.path
    home = build.home("H-9", "990100197001010013")
    service.settle(row, household=home, words="Visited.", by=cast.tian())
    row.refresh_from_db()
    ended = case_of(service.CASE, str(row.pk))
    assert (row.state, row.household) == ("identified", home)
    assert ended is not None
    assert ended.state == "closed"
    with pytest.raises(service.IsSettled):
        service.ask_for_visit(row, by=cast.ma())


def test_somebody_without_a_village_is_the_bureaus() -> None:
    row = left_out(place_code=None)
    case = service.ask_for_visit(row, by=cast.ma())
    assert case.path == cast.counties().path
    service.settle(row, household=None, words="Moved away.", by=cast.ma())
    row.refresh_from_db()
    assert row.state == "not_in_need"


def test_what_is_refused() -> None:
    row = left_out()
    with pytest.raises(service.IsSettled):
        service.settle(row, household=None, words="x", by=cast.tian())
    for by in (cast.sun(), cast.qian()):
        with pytest.raises(service.NotTheirs):
            service.ask_for_visit(row, by=by)
    service.ask_for_visit(row, by=cast.ma())
    with pytest.raises(service.NotTheirs):
        service.settle(row, household=None, words="x", by=cast.ma())
    with pytest.raises(service.SayWhy):
        service.settle(row, household=None, words=" ", by=cast.tian())
    service.settle(row, household=None, words="Rich.", by=cast.tian())
    with pytest.raises(IntegrityError), transaction.atomic():
        LeftOut.objects.update(state="open", decided_by=None)


def test_they_are_of_the_village_that_is_there_today() -> None:
    """Those found before go along; those found later come to it, whatever the register names."""
    row = left_out()
    old, other = row.place, households.village(f"{cast.TOWNSHIP}002")
    households.merge(old, other)
    row.refresh_from_db()
    assert (row.path, row.place) == (other.path, old)
    later = Somebody(Person("程玉梅", "", None), row.rule, old, row.as_of, "")
    assert write(row.run, [later]) == 1
    assert LeftOut.objects.exclude(pk=row.pk).get().path == other.path
    with as_the_site(), pytest.raises(IntegrityError, match="stays in"), transaction.atomic():
        LeftOut.objects.filter(pk=row.pk).update(path=old.path)


def test_a_case_that_is_over_goes_along_with_its_words() -> None:
    """Whoever kept the village that went reads nothing of it; the site alone moves none."""
    row = left_out()
    number = service.ask_for_visit(row, by=cast.ma()).number
    service.settle(row, household=None, words="Moved away.", by=cast.tian())
    before = Case.objects.filter(number=number).values().get()
    assert Case.objects.for_user(cast.tian()).filter(number=number).exists()
    other = households.village(f"{cast.TOWNSHIP}002")
    with as_the_site():
        households.merge(row.place, other)
    after = Case.objects.filter(number=number).values().get()
    assert after == before | {"path": other.path}
    assert not Case.objects.for_user(cast.tian()).exists()
    with as_the_site(), pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(number=number).update(path=row.path)


def test_a_village_waits_for_the_visit() -> None:
    row = left_out()
    service.ask_for_visit(row, by=cast.ma())
    with pytest.raises(CannotMerge):
        households.merge(row.place, households.village(f"{cast.TOWNSHIP}002"))
