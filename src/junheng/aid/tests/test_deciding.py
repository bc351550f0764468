"""A term is decided from frozen facts: what nobody told is no answer, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from junheng.accounts.tests import cast
from junheng.aid.models import DecidedDay, Entitlement, PersonAnswers
from junheng.aid.services import deciding
from junheng.aid.snapshots.facts import facts_engine
from junheng.aid.tests import builders
from junheng.aid.tests.sharing import shared
from junheng.commons.models import Run
from junheng.commons.tests.roles import as_the_site
from junheng.registry.models import Pupil, Standing

pytestmark = pytest.mark.django_db
World = tuple[Run, list[Pupil]]


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A term that was decided and published: one boards and is poor, one boards, one neither."""
    with shared(django_db_blocker, tmp_path_factory.mktemp("files")):
        pupils = builders.pupils(["boarder", "registered_poor"], ["boarder"], [])
        builders.told("boarder", "disabled")
        builders.approved()
        yield builders.decided(), pupils


def rows_of(run: Run) -> dict[str, tuple[int, int | None]]:
    found = Entitlement.objects.filter(run=run)
    return {str(row.subject): (row.answer, row.fen) for row in found}


def test_who_is_entitled_who_is_not_and_who_is_undecided(world: World) -> None:
    run, (both, boards, neither) = world
    assert rows_of(run) == {str(both.pk): (0, 50_000), str(boards.pk): (-2, None)}
    assert PersonAnswers.objects.get(subject=neither.pk).answers == [1]
    assert run.receipt is not None
    assert run.receipt["days"] == {"2025-09-01": {"boarders": [1, 1, 1, 50_000]}}


def test_the_facts_that_were_looked_at_stand_beside_the_answer(world: World) -> None:
    _run, (_both, boards, _neither) = world
    facts = PersonAnswers.objects.get(subject=boards.pk).facts
    assert facts["boarder"] is True
    assert facts["disabled"] is False
    assert "registered_poor" not in facts  # nobody told
    assert facts["born_on"] == "2017-05-01"
    assert (facts["stage"], facts["grade"]) == ("primary", 3)


def test_a_run_that_is_carried_out_twice_writes_once(world: World) -> None:
    deciding.execute(world[0], lambda _done, _total: None)
    assert (Entitlement.objects.count(), PersonAnswers.objects.count()) == (2, 3)


def test_the_same_facts_give_the_same_result_and_the_last_run_replaces_the_others(
    world: World,
) -> None:
    again = builders.decided()
    assert again.result_sha256 == world[0].result_sha256
    assert again.snapshot == world[0].snapshot
    assert set(Entitlement.objects.values_list("run", flat=True)) == {again.pk}
    assert PersonAnswers.objects.count() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE aid_entitlement SET fen = 1",
        "DELETE FROM aid_entitlement",
        "UPDATE aid_personanswers SET answers = '[0]'",
        "DELETE FROM aid_decidedday",
        "INSERT INTO aid_entitlement (run_id, subject, path, policy, version, for_day, answer, fen)"
        " SELECT run_id, gen_random_uuid(), path, policy, version, for_day, 0, 1"
        " FROM aid_entitlement",
    ],
)
def test_the_site_cannot_change_what_was_decided(statement: str, world: World) -> None:
    with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)
    assert Entitlement.objects.get(answer=0).fen == 50_000
    assert DecidedDay.objects.count() == 1


def test_a_run_that_is_killed_leaves_nothing_and_can_be_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = deciding.freeze_and_request(builders.a_term(), by=cast.ma(), enqueue=lambda _run: None)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            deciding.execute(run, lambda _done, _total: None)
    assert rows_of(run) == {}
    deciding.execute(run, lambda _done, _total: None)
    assert rows_of(run) == rows_of(world[0])


def test_a_month_is_counted_by_the_facts_of_its_first_day(world: World) -> None:
    _run, (_both, _boards, neither) = world
    builders.tag(neither, "registered_poor", since=date(2025, 10, 15), until=date(2025, 12, 2))
    builders.approved("registered_poor", code="lunch", counted_on="each_month")
    run = builders.decided()
    rows = Entitlement.objects.filter(run=run, policy="lunch", subject=neither.pk)
    found = rows.order_by("for_day").values_list("for_day", "answer")
    assert [(day.month, answer) for day, answer in found] == [
        (9, -1),
        (10, -1),
        (11, 0),
        (12, 0),
        (1, -1),
    ]
    kept = PersonAnswers.objects.filter(run=run).order_by("day")
    changed = kept.filter(day__gt=builders.FIRST).values_list("subject", "day__month")
    assert list(changed) == [(neither.pk, 11), (neither.pk, 1)]  # nobody else's facts changed


def test_facts_change_with_the_school_and_the_lists(world: World) -> None:
    _run, (_both, boards, _neither) = world
    builders.told("meal_school")
    builders.trait("meal_school", since=date(2025, 11, 1))
    Standing.objects.filter(pupil=boards).update(valid_to=date(2025, 12, 1))
    with facts_engine(cast.counties(), builders.FIRST, builders.LAST) as engine:
        rows = engine.execute(
            "SELECT valid_from, valid_to, meal_school, boarder, disabled, county, township, school,"
            " private_school FROM facts WHERE subject = ? ORDER BY valid_from",
            [str(boards.pk)],
        ).fetchall()
    known = (True, False, "990100", "990100001", "school-1", False)
    assert rows == [
        (date(2025, 9, 1), date(2025, 11, 1), False, *known),
        (date(2025, 11, 1), date(2025, 12, 1), True, *known),
    ]


def test_policies_in_a_circle_are_refused_by_name(world: World) -> None:
    builders.approved("boarder", code="one", gives_way_to=["two"])
    builders.approved("boarder", code="two", gives_way_to=["one"])
    with pytest.raises(deciding.CannotDecide, match=r"one|two"):
        builders.decided()


def test_a_closed_term_is_not_decided_again() -> None:
    term = builders.a_term()
    term.closed_at, term.closed_by = timezone.now(), cast.ma()
    term.save()
    with pytest.raises(deciding.TermIsClosed):
        deciding.freeze_and_request(term, by=cast.ma(), enqueue=lambda _run: None)
