"""Who asked is forgotten in time, in the history as well, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.cases.engine.flow import Deed
from junheng.cases.models import Case, Consultation
from junheng.cases.services import cases, desk
from junheng.cases.services.forgetting import forget_caller
from junheng.cases.tests.builders import answered, matter
from junheng.cases.tests.test_desk import ASKED, here
from junheng.commons import personal, retention

pytestmark = pytest.mark.django_db


def events(table: str, column: str) -> int:
    """How many entries of a history still say it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
        (found,) = cursor.fetchone()
    return int(found)


def test_callers_and_askers_are_forgotten_when_their_time_is_over() -> None:
    personal.take_in()
    called = desk.answer_now(ASKED, desk=here(), by=cast.li(), said="So.")
    waits = desk.promise_call(ASKED, desk=here(), by=cast.li())
    case = cases.heard_back(answered(matter()).number, Deed.SATISFIED, by=cast.zhou())
    long_ago = timezone.now() - timedelta(days=800)
    Consultation.objects.filter(pk=called.pk).update(answered_at=long_ago)
    Case.objects.filter(pk=case.pk).update(closed_at=long_ago)

    retention.erase_due(timezone.localdate())
    called.refresh_from_db()
    assert (called.name, called.phone, called.said) == (None, None, "–")
    left = Case.objects.get(pk=case.pk)
    assert (left.asker, left.title, left.facts, left.words) == (None, left.number, {}, "")
    assert set(left.entries.values_list("words", "place", "photo")) == {("", "", "")}
    assert Consultation.objects.get(pk=waits.pk).phone == "13800000001"
    assert events("cases_consultationevent", "phone") == 1  # of whoever still waits
    assert events("cases_caseevent", "asker") == 0


def test_nobody_is_forgotten_before_it_is_due_and_written_down() -> None:
    waits = desk.promise_call(ASKED, desk=here(), by=cast.li())
    with pytest.raises(IntegrityError, match="not due"), transaction.atomic():
        forget_caller(str(waits.pk))
