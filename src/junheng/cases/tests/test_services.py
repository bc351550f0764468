"""What is done with a case: the way, the clock, who hears of it, what goes on by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.cases import facade
from junheng.cases.engine.flow import Deed, State
from junheng.cases.models import Case, CaseEntry, WorkDay
from junheng.cases.selectors.calendar import calendars
from junheng.cases.selectors.cases import clock_of
from junheng.cases.services import calendar, sweeping
from junheng.cases.services import cases as services
from junheng.cases.tests.builders import MATTER, REVIEW, answered, matter, review
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


def last(case: Case) -> CaseEntry:
    found = case.entries.last()
    assert found
    return found


def begun(case: Case, days_ago: int) -> Case:
    """As if its clock had been set days ago."""
    start = timezone.localdate() - timedelta(days=days_ago)
    case.counts_from = start
    case.due_on = calendars().at(case.path).after(start, case.days)
    case.save()
    return case


def test_a_case_is_opened_once_for_a_subject_while_it_is_open() -> None:
    first = facade.open_case(REVIEW.key, subject="A-1", title="One", path="/99/", by=None)
    again = facade.open_case(REVIEW.key, subject="A-1", title="Two", path="/99/", by=cast.li())
    assert (first.number, first.title) == (again.number, again.title)
    assert CaseEntry.objects.count() == 1
    facade.settle(first.number, outcome="passed", words="", by=None)
    third = facade.open_case(REVIEW.key, subject="A-1", title="Three", path="/99/", by=None)
    assert third.number != first.number
    newest = facade.case_of(REVIEW.key, "A-1")
    assert newest
    assert newest.number == third.number


def test_a_kind_that_nobody_registered_is_a_mistake_of_the_program() -> None:
    with pytest.raises(LookupError, match="no kind of case"):
        facade.open_case("tests.none", subject="A", title="A", path="/99/", by=None)


def test_the_row_tells_clock_page_and_holder() -> None:
    row = facade.open_case(
        REVIEW.key,
        subject="A-1",
        title="One",
        path=cast.school().path,
        facts={"zone": "3"},
        asker="AR-2026-7KQ4-9XMFY",
        by=None,
        due_days=7,
        holder=facade.Holder(cast.li()),
    )
    assert (row.url, row.holder_name, row.role) == ("/reviews/A-1/", "Li", "admissions_officer")
    assert (row.clock.days, row.clock.left, row.facts) == (7, 7, {"zone": "3"})
    assert not row.is_closed
    assert facade.cases_of(REVIEW.key, ["A-1", "A-2"]).keys() == {"A-1"}


def test_whoever_asked_is_sealed() -> None:
    case = matter()
    assert Case.objects.get().asker == "Mr Zhao, 13800000001"
    raw: Any = Case.objects.values_list("asker", flat=True).get(pk=case.pk)
    assert b"Zhao" not in bytes(raw)


def test_settling_tells_the_owner_once_it_is_certain(
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard: list[Any] = []

    def hear(case: facade.CaseRow, **_more: Any) -> None:
        heard.append((case.subject, case.outcome))

    facade.case_settled.connect(hear)
    number = review().number
    with django_capture_on_commit_callbacks(execute=True):
        facade.settle(number, outcome="upheld", words="Right.", by=cast.li())
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        facade.settle(number, outcome="upheld", words="Right.", by=cast.li())
    assert heard == [("A-1", "upheld")]
    facade.case_settled.disconnect(hear)


def test_what_was_settled_is_not_settled_otherwise() -> None:
    number = review().number
    facade.settle(number, outcome="upheld", words="", by=None)
    with pytest.raises(facade.ClosedOtherwise, match="another outcome"):
        facade.settle(number, outcome="rejected", words="", by=None)


def test_a_paused_case_can_be_settled() -> None:
    case = review()
    services.pause(case.number, until=tomorrow(), words="Waits for a paper.", by=cast.li())
    assert facade.settle(case.number, outcome="passed", words="", by=None).is_closed


def test_the_way_to_a_satisfied_asker_and_back() -> None:
    case = answered(matter())
    assert (case.state, case.ended_on) == (State.ANSWERED, timezone.localdate())
    case = services.heard_back(case.number, Deed.NOT_SATISFIED, by=cast.zhou(), words="Still dark.")
    assert (case.state, case.reopened, case.checked_by, case.ended_on) == ("open", 1, None, None)
    case = services.heard_back(answered(case).number, Deed.SATISFIED, by=cast.zhou())
    assert (case.state, case.outcome) == (State.CLOSED, "satisfied")
    case = services.reopen(case.number, by=cast.zhou(), words="It broke again.")
    assert (case.state, case.reopened, case.outcome) == (State.OPEN, 2, "")


def test_where_nobody_asked_the_check_closes_the_case() -> None:
    case = matter(asker="")
    services.done(case.number, words="Mended.", by=cast.zhou())
    assert services.check(case.number, by=cast.wu()).outcome == "done"


def test_nobody_checks_their_own_work() -> None:
    case = matter()
    services.done(case.number, words="Mended.", by=cast.zhou())
    with pytest.raises(services.CheckedByDoer):
        services.check(case.number, by=cast.zhou())
    with pytest.raises(services.CheckedByDoer):
        services.send_back(case.number, by=cast.zhou(), words="No.")
    assert (
        services.send_back(case.number, by=cast.wu(), words="The other one, too.").state == "open"
    )


def test_a_step_out_of_order_is_refused_with_what_is_now() -> None:
    case = matter()
    with pytest.raises(services.CannotFollow, match=f"{case.number} is “Open” now"):
        services.answer(case.number, words="Well.", by=cast.zhou())


@pytest.mark.parametrize("words", ["", "  "])
def test_what_needs_words_is_refused_without(words: str) -> None:
    with pytest.raises(services.WordsMissing):
        services.done(matter().number, words=words, by=cast.zhou())


@pytest.mark.parametrize("days", [0, -1, 181])
def test_a_pause_ends_on_a_day_to_come_and_not_too_far(days: int) -> None:
    until = timezone.localdate() + timedelta(days=days)
    with pytest.raises(services.NoSuchPause):
        services.pause(matter().number, until=until, words="Holidays", by=cast.zhou())


def test_a_case_is_not_reopened_beside_another_of_its_subject() -> None:
    case = review()
    facade.settle(case.number, outcome="passed", words="", by=None)
    other = review()
    with pytest.raises(services.CannotFollow, match=other.number):
        services.reopen(case.number, by=cast.li(), words="Once more.")


def test_handing_over_gives_it_to_a_person_or_a_role() -> None:
    case = matter()
    case = services.hand_over(case.number, services.Holder(cast.sun()), by=cast.zhou())
    assert case in Case.objects.held_by(cast.sun())
    assert case not in Case.objects.held_by(cast.zhou())
    assert last(case).to == cast.sun()
    role = services.Holder(role="bureau_leader")
    assert services.hand_over(case.number, role, by=cast.sun()) in Case.objects.held_by(cast.wu())


class TestWhatGoesOnByItself:
    def test_a_day_before_it_reminds_and_when_overdue_it_goes_up(self) -> None:
        case = begun(matter(), 0)
        known = calendars().at(case.path)
        before = known.after(case.counts_from, 4)
        assert sweeping.sweep(before) == sweeping.Swept(reminded=1)
        assert sweeping.sweep(before) == sweeping.Swept()
        late = known.after(case.due_on, 1)
        assert sweeping.sweep(late) == sweeping.Swept(reminded=1, escalated=1)
        case.refresh_from_db()
        assert (case.level, case.raised_to) == (1, "admissions_officer")
        assert case in Case.objects.held_by(cast.li())
        assert case in Case.objects.held_by(cast.zhou())
        assert sweeping.sweep(known.after(case.due_on, 3)).escalated == 1
        assert case in Case.objects.held_by(cast.wu())
        assert sweeping.sweep(known.after(case.due_on, 9)) == sweeping.Swept()

    def test_a_sweep_that_was_late_goes_up_as_far_as_it_should_have(self) -> None:
        case = matter()
        late = calendars().at(case.path).after(case.due_on, 6)
        sweeping.sweep(late)
        case.refresh_from_db()
        assert (case.level, case.raised_to) == (2, "bureau_leader")

    def test_a_pause_ends_on_its_day_and_the_time_is_added(self) -> None:
        case = matter()
        due, until = case.due_on, timezone.localdate() + timedelta(days=14)
        services.pause(case.number, until=until, words="Waits for the village.", by=cast.zhou())
        assert sweeping.sweep(until - timedelta(days=1)) == sweeping.Swept()
        assert sweeping.sweep(until).resumed == 1
        case.refresh_from_db()
        known = calendars().at(case.path)
        stood = known.between(timezone.localdate(), until)
        assert case.due_on == known.after(due, stood)
        assert clock_of(case, calendars(), on=until).used == 0

    def test_a_sweep_that_was_killed_is_done_to_the_end_by_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cases = [matter(f"M-{number}") for number in range(3)]
        late = calendars().at(cases[0].path).after(cases[0].due_on, 1)
        calls = iter([None, None, RuntimeError("killed")])
        escalate = sweeping._escalate

        def dying(case: Case, level: int) -> bool:
            if (what := next(calls, None)) is not None:
                raise what
            return escalate(case, level)

        monkeypatch.setattr(sweeping, "_escalate", dying)
        with pytest.raises(RuntimeError):
            sweeping.sweep(late)
        assert CaseEntry.objects.filter(deed=Deed.REMINDED).count() == 2  # the third was undone
        assert sweeping.sweep(late) == sweeping.Swept(reminded=1, escalated=1)
        for deed in (Deed.REMINDED, Deed.ESCALATED):
            assert CaseEntry.objects.filter(deed=deed).count() == 3

    def test_the_worker_calls_it_by_the_clock(self) -> None:
        from junheng.cases import jobs
        from junheng.commons.regular import all_regular

        assert all_regular()["cases.sweep"].work is jobs.sweep
        matter()
        jobs.sweep()
        assert not CaseEntry.objects.filter(deed=Deed.REMINDED).exists()

    def test_cases_with_nothing_to_do_cost_next_to_nothing(self) -> None:
        for number in range(5):
            matter(f"M-{number}")
        with same_queries("cases", "sweep with nothing to do"):
            sweeping.sweep()

    def test_closed_and_answered_cases_are_left_alone(self) -> None:
        answered(matter())
        facade.settle(review().number, outcome="passed", words="", by=None)
        assert sweeping.sweep(date(2030, 1, 1)) == sweeping.Swept()


class TestTheCalendar:
    def test_the_country_s_days_are_there_and_are_not_taken_over_twice(self) -> None:
        calendar.seed()
        assert WorkDay.objects.filter(day="2026-10-01", works=False).exists()
        assert calendar.seed() == 0
        assert facade.work_days_after(date(2026, 9, 30), 3) == date(2026, 10, 10)

    def test_a_day_off_moves_what_is_due_in_the_county_alone(self) -> None:
        here = matter()
        there = matter("M-2", path=cast.school("school-9", at=cast.NEXT_COUNTY).path)
        row = calendar.set_day(county(), here.due_on, works=False, name="Snow", by=cast.li())
        later = calendars().at(here.path).after(here.due_on, 1)
        due = dict(Case.objects.values_list("number", "due_on"))
        assert due == {here.number: later, there.number: there.due_on}
        calendar.take_back(row)
        assert Case.objects.get(pk=here.pk).due_on == here.due_on

    def test_what_is_so_already_is_not_said_again(self) -> None:
        with pytest.raises(calendar.SaysNothing):
            calendar.set_day(county(), date(2026, 11, 14), works=False, name="Sat", by=cast.li())


def test_everybody_sees_what_they_have_and_what_lies_in_their_scope() -> None:
    case = matter()
    for user in (cast.zhou(), cast.sun(), cast.li(), cast.zheng()):
        assert case in Case.objects.for_user(user)
    for user in (cast.qian(), cast.feng(), cast.zhao()):
        assert case not in Case.objects.for_user(user)
    services.hand_over(case.number, services.Holder(cast.qian()), by=cast.zhou())
    assert case in Case.objects.for_user(cast.qian())


def test_two_people_who_press_at_once_make_one_step() -> None:
    case = matter()
    services.done(case.number, words="Mended.", by=cast.zhou())
    with transaction.atomic(), pytest.raises(services.CannotFollow):
        services.done(case.number, words="Mended.", by=cast.wu())
    assert case.entries.filter(deed=Deed.DONE).count() == 1


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def county() -> str:
    return cast.counties().path


def test_kinds_have_a_day_and_one_owner() -> None:
    from junheng.cases.kinds import CaseKind, register_kind

    with pytest.raises(ValueError, match="registered already"):
        register_kind(MATTER)
    with pytest.raises(ValueError, match="gives no day"):
        register_kind(CaseKind("tests.never", "Never", 0, MATTER.role))
