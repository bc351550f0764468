"""Counting classes and holding the opening count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.registry.models import SchoolClass
from junheng.registry.services.classes import (
    AboveTheCap,
    CountedInTheFuture,
    CountIsClosed,
    close_count,
    count_class,
    open_count,
)
from junheng.registry.tests.builders import COUNTED, a_class, inherited, opening_count

pytestmark = pytest.mark.django_db
LATER = COUNTED + timedelta(days=30)


def test_a_count_is_written_down() -> None:
    row = a_class(size=45)
    count_class(row, size=47, counted_on=LATER)
    assert SchoolClass.objects.get().size == 47
    assert SchoolClass.objects.get().counted_on == LATER


def test_above_the_cap_it_is_refused_with_the_reason() -> None:
    with pytest.raises(AboveTheCap, match="at most 55"):
        count_class(a_class(size=45), size=56, counted_on=LATER)
    assert SchoolClass.objects.get().size == 45


def test_an_inherited_class_may_shrink_and_is_told_how_large_it_may_be() -> None:
    held = opening_count()
    row = inherited(63)
    close_count(held, by=cast.li())
    count_class(row, size=60, counted_on=LATER)
    with pytest.raises(AboveTheCap, match="at most 60"):
        count_class(row, size=61, counted_on=LATER + timedelta(days=1))


def test_while_the_opening_count_is_open_a_large_class_is_marked() -> None:
    row = a_class(size=45)
    opening_count()
    count_class(row, size=61, counted_on=LATER)
    found = SchoolClass.objects.get()
    assert (found.size, found.inherited_size, found.inherited_on) == (61, 61, COUNTED)


def test_tomorrow_has_not_been_counted_yet() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(CountedInTheFuture):
        count_class(a_class(), size=40, counted_on=tomorrow)
    with pytest.raises(CountedInTheFuture):
        open_count(cast.counties(), held_on=tomorrow, by=cast.li())


def test_the_opening_count_is_held_once() -> None:
    county, li = cast.counties(), cast.li()
    held = open_count(county, held_on=COUNTED, by=li)
    assert held.opened_by == li
    with pytest.raises(CountIsClosed):
        open_count(county, held_on=COUNTED, by=li)
    closed = close_count(held, by=li)
    assert closed.closed_by == li
    with pytest.raises(CountIsClosed):
        close_count(held, by=li)
