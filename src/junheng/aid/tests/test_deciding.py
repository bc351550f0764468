"""A term is decided from frozen facts: what nobody told is no answer, and nothing is done twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.aid.models import DecidedDay, Entitlement, PersonAnswers
from junheng.aid.services import deciding
from junheng.aid.snapshots.facts import facts_engine
from junheng.aid.tests import builders
from junheng.commons.models import Run
from junheng.commons.tests.roles import as_the_site
from junheng.registry.models import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"


def rows_of(run: Run) -> dict[str, tuple[int, int | None]]:
    found = Entitlement.objects.filter(run=run)
    return {str(row.subject): (row.answer, row.fen) for row in found}


def test_who_is_entitled_who_is_not_and_who_is_undecided() -> None:
    both, boards, poor = builders.pupils(["boarder", "registered_poor"], ["boarder"], [])
    builders.told("boarder")
    builders.approved()
    run = builders.decided()
    assert rows_of(run) == {str(both.pk): (0, 50_000), str(boards.pk): (-2, None)}
    assert PersonAnswers.objects.get(subject=poor.pk).answers == [1]
    assert run.receipt is not None
    assert run.receipt["days"] == {"2025-09-01": {"boarders": [1, 1, 1, 50_000]}}


def test_the_facts_that_were_looked_at_stand_beside_the_answer() -> None:
    [pupil] = builders.pupils(["boarder"])
    builders.told("disabled")
    builders.approved()
    builders.decided()
    facts = PersonAnswers.objects.get(subject=pupil.pk).facts
    assert facts["boarder"] is True
    assert facts["disabled"] is False
    assert "registered_poor" not in facts  # nobody told
    assert facts["born_on"] == "2017-05-01"
    assert (facts["stage"], facts["grade"]) == ("primary", 3)


def test_a_month_is_counted_by_the_facts_of_its_first_day() -> None:
    pupil, _other = builders.pupils([], [])
    builders.told()
    builders.tag(pupil, "registered_poor", since=date(2025, 10, 15), until=date(2025, 12, 2))
    builders.approved("registered_poor", code="lunch", counted_on="each_month")
    builders.decided()
    days = Entitlement.objects.order_by("for_day").values_list("for_day", flat=True)
    assert [day.month for day in days] == [11, 12]


def test_facts_change_with_the_school_and_the_lists() -> None:
    [pupil] = builders.pupils(["boarder"])
    builders.told("meal_school")
    builders.trait("meal_school", since=date(2025, 11, 1))
    Standing.objects.filter(pupil=pupil).update(valid_to=date(2025, 12, 1))
    with facts_engine(cast.counties(), builders.FIRST, builders.LAST) as engine:
        rows = engine.execute(
            "SELECT valid_from, valid_to, meal_school, boarder, disabled, county, township, school,"
            " private_school FROM facts ORDER BY valid_from"
        ).fetchall()
    known = (True, None, "990100", "990100001", "school-1", False)
    assert rows == [
        (date(2025, 9, 1), date(2025, 11, 1), False, *known),
        (date(2025, 11, 1), date(2025, 12, 1), True, *known),
    ]


def test_a_run_that_is_carried_out_twice_writes_once() -> None:
    builders.pupils(["boarder", "registered_poor"])
    builders.approved()
    run = builders.decided()
    deciding.execute(run, lambda _done, _total: None)
    assert (Entitlement.objects.count(), PersonAnswers.objects.count()) == (1, 1)


def test_a_run_that_is_killed_leaves_nothing_and_can_be_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builders.pupils(["boarder", "registered_poor"])
    builders.approved()
    run = deciding.freeze_and_request(builders.a_term(), by=cast.ma(), enqueue=lambda _run: None)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            deciding.execute(run, lambda _done, _total: None)
    assert not Entitlement.objects.exists()
    deciding.execute(run, lambda _done, _total: None)
    assert Entitlement.objects.count() == 1


def test_the_same_facts_and_policies_give_the_same_result() -> None:
    builders.pupils(["boarder", "registered_poor"], ["boarder"])
    builders.approved()
    first, second = builders.decided(), builders.decided()
    assert first.result_sha256 == second.result_sha256
    assert first.snapshot == second.snapshot


def test_what_was_published_gives_way_to_the_next_run() -> None:
    [pupil] = builders.pupils(["boarder", "registered_poor"])
    builders.approved()
    builders.decided()
    builders.approved("boarder", code="boarding", fen=100)
    second = builders.decided()
    assert set(Entitlement.objects.values_list("run", flat=True)) == {second.pk}
    assert {row.policy for row in Entitlement.objects.filter(subject=pupil.pk)} == {
        "boarders",
        "boarding",
    }


def test_a_closed_term_is_not_decided_again() -> None:
    term = builders.a_term(closed_at="2026-02-01T00:00Z", closed_by=cast.ma())
    with pytest.raises(deciding.TermIsClosed):
        deciding.freeze_and_request(term, by=cast.ma(), enqueue=lambda _run: None)


def test_policies_in_a_circle_are_refused_by_name() -> None:
    builders.pupils([])
    builders.approved("boarder", code="one", gives_way_to=["two"])
    builders.approved("boarder", code="two", gives_way_to=["one"])
    with pytest.raises(deciding.CannotDecide, match=r"one|two"):
        builders.decided()


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
def test_the_site_cannot_change_what_was_decided(statement: str) -> None:
    builders.pupils(["boarder", "registered_poor"])
    builders.approved()
    builders.decided()
    with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)
    assert Entitlement.objects.get().fen == 50_000
    assert DecidedDay.objects.count() == 1
