"""What the database refuses, whichever way the rows come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.cases.facade import settle
from junheng.cases.models import Case, CaseEntry
from junheng.cases.tests.builders import matter, review

pytestmark = pytest.mark.django_db


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def changed(case: Case, **values: Any) -> Callable[[], object]:
    return lambda: Case.objects.filter(pk=case.pk).update(**values)


def test_a_case_always_has_somebody_and_a_day() -> None:
    case = review()
    assert refused(changed(case, role="", holder=None))
    assert refused(changed(case, role="king"))
    assert refused(changed(case, due_on=None))
    assert not refused(changed(case, role="", holder=cast.li()))


def test_a_subject_has_one_open_case() -> None:
    first = review()
    copy = Case.objects.get(pk=first.pk)
    copy.pk, copy.number, copy.asker = None, "CA-2026-2222-2222X", None
    copy._state.adding = True
    assert refused(lambda: copy.save(force_insert=True))


def test_nobody_s_work_is_checked_by_themselves() -> None:
    case, zhou = matter(), cast.zhou()
    assert not refused(changed(case, state="done", done_by=zhou))
    assert refused(changed(case, state="checked", checked_by=zhou))
    assert refused(changed(case, state="checked"))
    assert refused(changed(case, state="checked", checked_by=cast.wu(), done_by=None))
    assert not refused(changed(case, state="checked", checked_by=cast.wu()))


def test_a_case_cannot_skip_a_step() -> None:
    case, people = matter(), {"done_by": cast.zhou(), "checked_by": cast.wu()}
    today = timezone.localdate()
    assert refused(changed(case, state="answered", ended_on=today, **people))
    assert refused(changed(case, state="checked", **people))
    with connection.cursor() as cursor:
        skip = "UPDATE cases_case SET state = 'checked' WHERE id = %s"
        assert refused(lambda: cursor.execute(skip, [case.pk]))


def test_a_case_is_not_born_closed() -> None:
    case = review()
    copy = Case.objects.get(pk=case.pk)
    copy.pk, copy.number, copy.subject, copy.asker = None, "CA-2026-2222-2222X", "A-2", None
    copy._state.adding = True
    copy.state, copy.outcome, copy.ended_on = "closed", "done", timezone.localdate()
    copy.closed_at = timezone.now()
    assert refused(lambda: copy.save(force_insert=True))


def test_a_closed_case_has_an_outcome_and_an_open_one_none() -> None:
    case = review()
    end = {"ended_on": timezone.localdate(), "closed_at": timezone.now()}
    assert refused(changed(case, state="closed", **end))
    assert refused(changed(case, outcome="passed"))
    assert not refused(changed(case, state="closed", outcome="passed", **end))


def test_a_paused_case_has_a_reason_and_a_day_on_which_it_goes_on() -> None:
    case, today = review(), timezone.localdate()
    later = today + timedelta(days=3)
    assert refused(changed(case, state="paused"))
    assert refused(changed(case, state="paused", paused_on=today, resumes_on=later))
    assert refused(changed(case, state="paused", paused_on=today, pause_reason="Snow"))
    backwards = {"paused_on": later, "resumes_on": today, "pause_reason": "Snow"}
    assert refused(changed(case, state="paused", **backwards))
    assert refused(changed(case, resumes_on=later))
    good = {"paused_on": today, "resumes_on": later, "pause_reason": "Snow"}
    assert not refused(changed(case, state="paused", **good))


def test_a_case_stays_and_stays_what_it_was_opened_for() -> None:
    case = review()
    assert refused(lambda: Case.objects.filter(pk=case.pk).delete())
    for change in ({"number": "CA-1"}, {"subject": "A-2"}, {"path": "/98/"}, {"kind": "x"}):
        assert refused(changed(case, **change))


def test_what_happened_never_changes() -> None:
    case = review()
    settle(case.number, outcome="passed", words="", by=None)
    entry = CaseEntry.objects.filter(case=case)
    assert refused(lambda: entry.update(words="otherwise"))
    assert refused(lambda: entry._raw_delete("default"))


def test_something_that_is_done_but_once_is_written_down_once() -> None:
    case = review()
    twice = {"case": case, "deed": "reminded", "once": "soon 2026-11-27"}
    assert not refused(lambda: CaseEntry.objects.create(**twice))
    assert refused(lambda: CaseEntry.objects.create(**twice))
