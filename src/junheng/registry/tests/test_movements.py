"""What happens to a record over a school life, and what cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import (
    IntegrityError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.accounts.tests import cast
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.registry import facade
from junheng.registry.engine.movements import FOLLOWS, may_follow
from junheng.registry.models import (
    Arrival,
    Movement,
    Pupil,
    RollOver,
    SchoolClass,
    Standing,
    State,
    Transfer,
)
from junheng.registry.selectors.arrivals import Answering, Child
from junheng.registry.services import (
    arrivals,
    classes,
    movements,
    roll_overs,
    transfers,
    turning,
)
from junheng.registry.services.arrivals import Seat
from junheng.registry.services.movement_checks import (
    Deed,
    LargeClass,
    OutOfOrder,
    WrongClass,
    WrongDay,
)
from junheng.registry.services.transfer_wishes import Application
from junheng.registry.tests import builders
from junheng.registry.tests.builders import START, a_class, a_pupil

pytestmark = pytest.mark.django_db
DAYS = [START + timedelta(days=30 * n) for n in range(1, 9)]
LATE = date(2026, 6, 10)


def deed(on: date = LATE) -> Deed:
    return Deed(on=on, by=cast.li(), paper="No. 7", approved_by=cast.wu())


def test_a_school_life_is_read_as_on_any_day() -> None:
    first, second = a_class(size=0), a_class(size=0, number=2)
    there = a_class(cast.school("school-2"), size=0)
    pupil = a_pupil(school_class=first)
    movements.change_class(pupil, second, deed(DAYS[0]))
    movements.transfer(pupil, there.organisation, deed(DAYS[1]), school_class=there)
    movements.suspend(pupil, deed(DAYS[2]))
    movements.resume(pupil, deed(DAYS[3]), school_class=there)
    movements.drop_out(pupil, deed(DAYS[4]))
    movements.bring_back(pupil, deed(DAYS[5]), school_class=there)
    movements.leave(pupil, deed(DAYS[6]))
    told = [
        (row.organisation.code, row.school_class and row.school_class.number, row.state)
        for day in [START, *DAYS[:7]]
        for row in Standing.objects.filter(pupil=pupil).on(day)
    ]
    assert told == [
        ("school-1", 1, "studying"),
        ("school-1", 2, "studying"),
        ("school-2", 1, "studying"),
        ("school-2", None, "suspended"),
        ("school-2", 1, "studying"),
        ("school-2", None, "dropped_out"),
        ("school-2", 1, "studying"),
        ("school-2", None, "left"),
    ]
    number = pupil.number
    pupil = Pupil.objects.get(pk=pupil.pk)
    assert (pupil.number, pupil.organisation.code, pupil.left_on) == (number, "school-2", DAYS[6])
    assert [SchoolClass.objects.get(pk=c.pk).size for c in (first, second, there)] == [0, 0, 0]
    last = Standing.objects.filter(pupil=pupil).latest("valid_from")
    assert (last.paper, last.entered_by, last.approved_by) == ("No. 7", cast.li(), cast.wu())


def test_what_cannot_follow_is_refused_and_changes_nothing() -> None:
    row = a_class(size=0)
    pupil = a_pupil(school_class=row)
    wrong: list[tuple[type[Refusal], Callable[[], object]]] = [
        (OutOfOrder, lambda: movements.resume(pupil, deed())),
        (OutOfOrder, lambda: movements.bring_back(pupil, deed())),
        (WrongDay, lambda: movements.suspend(pupil, deed(START))),
        (WrongDay, lambda: movements.suspend(pupil, deed(timezone.localdate() + timedelta(2)))),
        (WrongClass, lambda: movements.change_class(pupil, a_class(size=0, grade=4), deed())),
    ]
    for refusal, act in wrong:
        with pytest.raises(refusal):
            act()
    assert Standing.objects.get(pupil=pupil).valid_to is None


def test_nobody_comes_into_a_full_class_or_a_large_grade() -> None:
    full = a_class(size=0, number=2)
    builders.pupils(55, full)
    pupil = a_pupil(school_class=a_class(size=0))
    with pytest.raises(LargeClass, match="55 pupils"):
        movements.change_class(pupil, full, deed())
    builders.opening_count()
    there = cast.school("school-2")
    builders.inherited(60, organisation=there)
    room = a_class(there, size=0, number=2)
    with pytest.raises(LargeClass, match="class of 60"):
        movements.transfer(pupil, there, deed(), school_class=room)


def test_movements_and_states_are_one_table() -> None:
    assert set(FOLLOWS) == set(State.values)
    reached = {movement for following in FOLLOWS.values() for movement in following}
    assert reached == set(Movement.values)
    assert may_follow("suspended", "resumed")
    assert not may_follow("graduated", "resumed")


TRIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 3)), max_size=12)
"""What, who, and into which class."""


def test_whatever_is_tried_no_class_passes_the_cap() -> None:
    elsewhere = cast.school("school-2")
    for school in (cast.school(), elsewhere):
        builders.facts(school)
    rows = [a_class(size=0, number=n) for n in (1, 2, 3)]
    rows.append(a_class(elsewhere, size=0))
    for row, there in zip(rows, (54, 54, 53, 54), strict=True):
        builders.pupils(there, row)
    people = [a_pupil(rows[n]) for n in (0, 1, 2)]

    @settings(max_examples=30, deadline=None)
    @given(TRIES)
    def holds(tries: list[tuple[int, int, int]]) -> None:
        with transaction.atomic():
            for day, (kind, who, where) in enumerate(tries, start=10):
                _try(kind, people[who], rows[where], deed(START + timedelta(days=day)))
                sizes = [SchoolClass.objects.get(pk=row.pk).size for row in rows]
                studying = Standing.objects.open().filter(school_class__in=rows)
                assert max(sizes) <= 55
                assert sum(sizes) == studying.count()
            transaction.set_rollback(True)

    holds()


def _try(kind: int, pupil: Pupil, row: SchoolClass, on: Deed) -> None:
    school = row.organisation
    acts: list[Callable[[], object]] = [
        lambda: movements.change_class(pupil, row, on),
        lambda: movements.suspend(pupil, on),
        lambda: movements.resume(pupil, on, school_class=row),
        lambda: movements.drop_out(pupil, on),
        lambda: movements.bring_back(pupil, on, to=school, school_class=row),
        lambda: movements.transfer(pupil, school, on, school_class=row),
        lambda: builders.pupils(2, row, entered_on=on.on),
        lambda: facade.enrol(
            school, [facade.Enrolment(uuid4(), "x")], grade=row.grade, on=on.on, by=on.by
        ),
        lambda: _placed(row),
        lambda: SchoolClass.objects.filter(pk=row.pk).update(size=56),
    ]
    with suppress(Refusal, IntegrityError), transaction.atomic():
        acts[kind]()


def _placed(row: SchoolClass) -> None:
    """Everybody of the grade who is in no class yet comes into this one, as a draw does it."""
    waiting = Standing.objects.open().studying().filter(school_class=None)
    waiting.filter(organisation=row.organisation, grade=row.grade).update(school_class=row)


@dataclass(frozen=True, slots=True)
class Queue:
    """Who wants the seats of a class: by each way a few, and a turn of the year with five."""

    row: SchoolClass
    who: Any
    beside: Sequence[Pupil]
    gone: Sequence[Pupil]
    away: Sequence[Transfer]
    unplaced: Sequence[Pupil]
    turn: RollOver

    def ways(self, number: int) -> list[Callable[[], object]]:
        """Change of class, import, SQL, by hand, return, transfer, the statement of a draw."""
        turn, deed = number // 8, Deed(LATE, self.who, "x", cast.wu())
        change, return_ = self.beside[number], self.gone[turn]
        placed = Standing.objects.open().filter(pupil=self.unplaced[turn])
        return [
            lambda: movements.change_class(change, self.row, deed),
            lambda: builders.pupils(1, self.row, by=self.who),
            lambda: _by_sql(change, self.row),
            lambda: arrivals.take_in(_to_come(self.row, self.who), approved_by=cast.wu()),
            lambda: movements.bring_back(return_, deed, school_class=self.row),
            lambda: transfers.approve(
                self.away[turn], on=LATE, by=cast.wu(), school_class=self.row
            ),
            lambda: placed.update(school_class=self.row),
            lambda: classes.count_class(self.row, size=56, counted_on=LATE),
        ]


def _one_of_fifty(number: int, queue: Queue) -> int:
    """How many came in by one way."""
    refusals = (Refusal, IntegrityError)
    try:
        for _again in range(20):
            with suppress(OperationalError):  # of two who wait for each other, one is sent back
                if number == 49:
                    turning.carry_out(queue.turn.pk)
                    return 5
                queue.ways(number)[number % 8]()
                return 1
    except refusals:
        return 0
    finally:
        connection.close()
    raise AssertionError("sent back twenty times")


def _to_come(row: SchoolClass, who: Any) -> Arrival:
    child = Child("x", date(2017, 5, 1), "1", Answering("y", ""))
    seat = Seat(row.organisation, row.grade, LATE, "from_outside", "x", row.number)
    return arrivals.keep(child, seat, by=who)


def _by_sql(pupil: Pupil, row: SchoolClass) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ended AS (UPDATE registry_standing SET valid_to = %s WHERE pupil_id = %s "
            "AND valid_to IS NULL RETURNING *) INSERT INTO registry_standing (pupil_id, "
            "organisation_id, school_year, grade, school_class_id, state, valid_from, completed, "
            "movement, paper, entered_by_id, recorded_at) SELECT pupil_id, organisation_id, "
            "school_year, grade, %s, 'studying', %s, false, 'class_changed', '', entered_by_id, "
            "now() FROM ended",
            [LATE, pupil.pk, row.pk, LATE],
        )


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_the_last_seats_are_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_a: LATE)
    queue = _queue(cast.li())
    row = queue.row
    with ThreadPoolExecutor(50) as pool:
        came = list(pool.map(lambda n: _one_of_fifty(n, queue), range(50)))
    close_old_connections()
    row.refresh_from_db()
    assert (sum(came), row.size) == (5, 55)
    assert Standing.objects.open().filter(school_class=row).count() == 55


def _queue(who: Any) -> Queue:
    """Grade 3 class 1 with 50 pupils, and everybody who wants to come into it."""
    cast.wu()
    builders.facts()
    elsewhere = cast.school("school-2")
    builders.facts(elsewhere)
    row, other = a_class(size=0), a_class(size=0, number=2)
    gone = builders.pupils(7, other)
    for pupil in gone:
        movements.drop_out(pupil, deed(DAYS[0]))
    builders.pupils(50, row)
    away = builders.pupils(7, a_class(elsewhere, size=0))
    wanted = [Application(one, row.organisation, "home_moved", "x") for one in away]
    last_year = a_class(size=0, school_year=2024, grade=2)
    builders.pupils(5, last_year, entered_on=date(2024, 9, 1))
    turn = roll_overs.request_plan(cast.counties(), SchoolYear(2024), by=who)
    queue = Queue(
        row,
        who,
        builders.pupils(50, other),
        gone,
        [transfers.apply(one, on=LATE, by=who) for one in wanted],
        [a_pupil() for _each in range(7)],
        turn,
    )
    roll_overs.make_plan(turn.pk)
    roll_overs.begin(turn.pk, asked_by=who, approved_by=cast.wu())
    return queue
