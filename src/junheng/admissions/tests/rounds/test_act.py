"""The act from plan to publication: each step in its turn, by two people, and once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import facade
from junheng.admissions.engine import seeds
from junheng.admissions.models import (
    Contribution,
    FrozenList,
    PublicEvent,
    Round,
    RoundAct,
    RoundRun,
)
from junheng.admissions.services import drill, events, loading, publishing, requesting, steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.tests.rounds import builders
from junheng.commons import approvals, runs
from junheng.commons.models import Approval, Attempt
from junheng.commons.tests import roles
from junheng.kernel.canonical import canonical_json

State = Round.State


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


def deeds(the_round: Round) -> list[str]:
    acts = RoundAct.objects.filter(round=the_round).order_by("pk")
    return list(acts.values_list("deed", flat=True))


def attempts() -> list[tuple[str, str]]:
    return list(Attempt.objects.order_by("pk").values_list("deed", "by__username"))


# --- the whole way -------------------------------------------------------------------------


def test_a_round_goes_from_plan_to_publication_and_is_closed(li: User, wu: User) -> None:
    record = builders.published(li, wu)
    publishing.close(record.round, by=li)
    the_round = builders.fresh(record.round)
    assert the_round.state == State.CLOSED
    assert record.run.published_by == wu
    assert deeds(the_round) == [
        *("loaded", "planned", "named", "opened", "contributed", "contributed"),
        *("frozen", "drawn", "run", "published", "closed"),
    ]


def test_every_step_that_binds_families_names_both_people(li: User, wu: User) -> None:
    the_round = builders.published(li, wu).round
    binding = RoundAct.objects.filter(round=the_round, second__isnull=False)
    assert set(binding.values_list("deed", "by__username", "second__username")) == {
        (deed, "li", "wu") for deed in ("opened", "frozen", "drawn", "published")
    }


def test_the_seed_follows_from_list_contributions_and_event(li: User, wu: User) -> None:
    the_round = builders.drawn(li, wu)
    frozen = FrozenList.objects.get(round=the_round)
    text = f"2026-g1|{frozen.list_sha256}|a sunny day|云淮|{builders.FIGURES}"
    assert the_round.seed == hashlib.sha256(text.encode()).hexdigest()


def test_the_fingerprint_of_the_list_is_that_of_what_the_receipt_names(li: User, wu: User) -> None:
    record = builders.official(li, wu)
    frozen = FrozenList.objects.get(round=record.round)
    receipt = record.run.receipt or {}
    assert frozen.content["tables"] == {
        name: sha for name, sha in receipt["inputs"].items() if name in frozen.content["tables"]
    }
    assert frozen.content["rules"] == receipt["rules"]
    assert frozen.list_sha256 == hashlib.sha256(canonical_json(frozen.content)).hexdigest()


def test_commitments_are_public_before_the_words_are(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    for sealed in Contribution.objects.filter(round=the_round):
        assert sealed.opened == ""
        assert sealed.commitment == seeds.commitment(str(sealed.pk), sealed.words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM admissions_contribution")
        assert all(b"sunny" not in bytes(row[0]) for row in cursor.fetchall())


def test_on_a_ring_the_event_itself_is_start_and_interval(li: User, wu: User) -> None:
    the_round = builders.loaded(li, method="ring-interval")
    with pytest.raises(events.BadEvent):
        builders.named(the_round, li)
    moment = builders.named(the_round, li, example="0:0").takes_place_at
    builders.both(steps.OPEN, the_round, li, wu)
    builders.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    builders.wait_for(moment)
    builders.both(steps.DRAW, the_round, li, wu, figures="3:2")
    record = builders.ran(builders.fresh(the_round), seed="", by=li)
    assert (record.run.seed, record.rehearsal) == ("3:2", False)


def test_a_correction_supersedes_and_keeps_the_seed_and_the_old_result(li: User, wu: User) -> None:
    first = builders.published(li, wu)
    children = builders.CHILDREN.replace(
        "c3,990100001001,116.000300,36.500000,2", "c3,990100001001,116.000300,36.500000,1"
    )
    made = loading.load_correction(builders.uploaded(li, applicants=children), li)
    builders.both(steps.CORRECT, first.round, li, wu, input=made.pk, reason="court order 7")
    second = builders.ran(builders.fresh(first.round), seed="", by=li)
    builders.both(steps.PUBLISH, first.round, li, wu, run=second.run.ref)
    first.run.refresh_from_db()
    assert second.run.seed == first.run.seed
    assert first.run.superseded_at is not None
    now = publishing.published_run(builders.fresh(first.round))
    assert now is not None
    assert now.pk == second.pk
    assert deeds(first.round)[-3:] == ["corrected", "run", "superseded"]


# --- cheating ------------------------------------------------------------------------------


def test_one_person_cannot_be_both(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li)
    asked = steps.ask(steps.OPEN, the_round, by=li)
    with pytest.raises(approvals.NeedsSomebodyElse):
        approvals.agree(asked, li)
    with pytest.raises(DatabaseError, match="approval_by_two_people"), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(
            state="agreed", decided_by=li, decided_at=asked.asked_at
        )
    assert attempts() == [("admissions.open", "li")]


def test_who_has_no_part_in_rounds_can_neither_ask_nor_agree(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li)
    for stranger in (cast.qian(), cast.zheng(), cast.zhou()):
        with pytest.raises(approvals.NotTheirs):
            steps.ask(steps.OPEN, the_round, by=stranger)
    asked = steps.ask(steps.OPEN, the_round, by=li)
    with pytest.raises(approvals.NotTheirs):
        approvals.agree(asked, cast.zheng())
    assert len(attempts()) == 4


def test_a_second_seed_is_refused_and_noted(li: User, wu: User) -> None:
    the_round = builders.drawn(li, wu)
    with pytest.raises(OutOfTurn):
        steps.ask(steps.DRAW, the_round, by=li, figures="99-99-99+99")
    rows = Round.objects.filter(pk=the_round.pk)
    for other in ("f" * 64, ""):
        with pytest.raises(DatabaseError, match="seed never changes"), transaction.atomic():
            rows.update(seed=other)
    events_ = PublicEvent.objects.filter(pk=the_round.pk)
    with pytest.raises(DatabaseError, match="entered once"), transaction.atomic():
        events_.update(figures="99-99-99+99")
    assert attempts() == [("admissions.draw", "li")]


def test_a_seed_that_was_not_drawn_is_refused_by_the_database(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    builders.wait_for(the_round.event.takes_place_at)
    rows = Round.objects.filter(pk=the_round.pk)
    with pytest.raises(DatabaseError, match="still sealed"), transaction.atomic():
        rows.update(seed="a" * 64)
    PublicEvent.objects.filter(pk=the_round.pk).update(
        figures=builders.FIGURES, entered_at=the_round.event.takes_place_at
    )
    with pytest.raises(DatabaseError, match="not the words that were sealed"), transaction.atomic():
        Contribution.objects.filter(round=the_round).update(
            opened="other words", opened_at=the_round.event.takes_place_at
        )
    for sealed in Contribution.objects.filter(round=the_round):
        Contribution.objects.filter(pk=sealed.pk).update(
            opened=sealed.words, opened_at=the_round.event.takes_place_at
        )
    with pytest.raises(DatabaseError, match="not the seed"), transaction.atomic():
        rows.update(seed="a" * 64)


def test_a_list_cannot_change_after_freezing(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    upload = builders.uploaded(li, applicants=builders.CHILDREN.replace(",2,,", ",1,,"))
    with pytest.raises(loading.ListIsFrozen):
        loading.load_upload(upload.pk, li)
    with pytest.raises(loading.ListIsFrozen):
        loading.undo_loading(the_round)
    other = the_round.inputs.create(
        snapshot=upload.snapshot, rules=the_round.rules, summary={}, loaded_by=li
    )
    with pytest.raises(DatabaseError, match="list is frozen"), transaction.atomic():
        Round.objects.filter(pk=the_round.pk).update(input=other)
    assert attempts() == [("admissions.load", "li")]


def test_a_run_of_another_list_with_the_rounds_seed_is_refused(li: User, wu: User) -> None:
    the_round = builders.drawn(li, wu)
    upload = builders.uploaded(li, applicants=builders.CHILDREN.replace(",2,,", ",1,,"))
    other = the_round.inputs.create(
        snapshot=upload.snapshot, rules=the_round.rules, summary={}, loaded_by=li
    )
    another = runs.request_run(
        kind=requesting.KIND,
        matter="by hand",
        snapshot=upload.snapshot,
        rules_version="1",
        seed=the_round.seed,
        by=li,
    )
    with pytest.raises(DatabaseError, match="only the frozen list"), transaction.atomic():
        RoundRun.objects.create(run=another, round=the_round, input=other, rehearsal=False)
    with pytest.raises(DatabaseError, match="what its seed says"), transaction.atomic():
        RoundRun.objects.create(run=another, round=the_round, input=other, rehearsal=True)


def test_a_rehearsal_cannot_be_published(li: User, wu: User) -> None:
    record = builders.official(li, wu)
    rehearsal = builders.ran(builders.fresh(record.round), by=li)
    with pytest.raises(OutOfTurn, match="rehearsal"):
        steps.ask(steps.PUBLISH, record.round, by=li, run=rehearsal.run.ref)
    with pytest.raises(DatabaseError, match="run_rehearsal_unpublished"), transaction.atomic():
        type(rehearsal.run).objects.filter(pk=rehearsal.run.pk).update(
            published_at=record.run.finished_at
        )
    assert attempts() == [("admissions.publish", "li")]


def test_no_run_with_a_seed_that_was_not_drawn(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    for seed in ("", "my own", the_round.ref):
        with pytest.raises(requesting.NoSeed):
            builders.asked(the_round, seed, li)
    assert len(attempts()) == 3


def test_contributions_end_with_their_time_and_with_the_freeze(li: User, wu: User) -> None:
    the_round = builders.opened(li, wu)
    builders.wait_for(the_round.event.contributions_until)
    with pytest.raises(OutOfTurn):
        events.contribute(the_round, "too late", by=li)
    with pytest.raises(DatabaseError, match="in time"), transaction.atomic():
        Contribution.objects.create(
            round=the_round, number=1, words="too late", commitment="0" * 64, collected_by=li
        )
    assert attempts() == [("admissions.contribute", "li")]
    later = builders.frozen(li, wu, ref="2026-g2")
    with pytest.raises(OutOfTurn):
        events.contribute(later, "too late", by=li)


STEERING = [
    *("ALTER TABLE admissions_round DISABLE TRIGGER ALL", "SET session_replication_role = replica"),
    *("TRUNCATE admissions_frozenlist CASCADE", "DROP TABLE admissions_roundact"),
    "DROP TRIGGER pgtrigger_round_seed_once_dd73c ON admissions_round",
    "CREATE OR REPLACE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "UPDATE admissions_round SET seed = repeat('a', 64)",
    "UPDATE admissions_round SET state = 'open'",
    "UPDATE admissions_publicevent SET figures = '99-99-99+99'",
    "UPDATE admissions_contribution SET opened = 'mine'",
    "UPDATE admissions_frozenlist SET list_sha256 = repeat('a', 64)",
    "UPDATE admissions_roundapplicant SET tier = 1",
    "UPDATE admissions_placement SET school_id = NULL",
    "UPDATE commons_run SET published_at = NULL, superseded_at = NULL",
    "UPDATE commons_approval SET decided_by_id = asked_by_id",
    "UPDATE commons_attempt SET answer = ''",
    *map(
        "DELETE FROM {}".format,
        (
            *("admissions_frozenlist", "admissions_contribution", "admissions_publicevent"),
            *("admissions_roundact", "admissions_roundrun", "admissions_placement"),
            *("commons_approval", "commons_attempt", "commons_approvalevent"),
        ),
    ),
]


def test_sql_under_the_role_of_the_site_steers_nothing(li: User, wu: User) -> None:
    record = builders.published(li, wu)
    with pytest.raises(OutOfTurn):
        steps.ask(steps.DRAW, record.round, by=li, figures="99-99-99+99")
    for statement in STEERING:
        for prefix in ("", "SET LOCAL pgtrigger.ignore = '{admissions_round:round_seed_once}'; "):
            with (
                roles.as_the_site(),
                connection.cursor() as cursor,
                pytest.raises(DatabaseError),
                transaction.atomic(),
            ):
                cursor.execute(prefix + statement)


@pytest.mark.parametrize("words", ["", "  ", "a|b", "x" * 101, "two\x00lines"])
def test_words_that_cannot_enter_a_seed_are_refused(li: User, wu: User, words: str) -> None:
    the_round = builders.opened(li, wu)
    with pytest.raises(events.BadWords):
        events.contribute(the_round, words, by=li)


def test_after_the_event_nothing_is_frozen(li: User, wu: User) -> None:
    the_round = builders.opened(li, wu)
    asked = steps.ask(steps.FREEZE, the_round, by=li, input=the_round.input_id or 0)
    builders.wait_for(the_round.event.takes_place_at)
    with pytest.raises(OutOfTurn, match="has begun"):
        approvals.agree(asked, wu)
    with pytest.raises(DatabaseError, match="before its public event"), transaction.atomic():
        FrozenList.objects.create(
            round=the_round,
            version=1,
            input_id=the_round.input_id or 0,
            list_sha256="0" * 64,
            content={},
            approval=asked,
        )
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_before_the_event_nothing_is_entered_and_its_writing_counts(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu, after=timedelta(seconds=1))
    with pytest.raises(OutOfTurn, match="not taken place"):
        steps.ask(steps.DRAW, the_round, by=li, figures=builders.FIGURES)
    builders.wait_for(the_round.event.takes_place_at)
    for figures in ("03 11 28 07", "03-11-28+7", "", "03-11-28+0\uff17"):
        with pytest.raises(events.BadFigures):
            steps.ask(steps.DRAW, the_round, by=li, figures=figures)


def test_what_was_announced_stays(li: User, wu: User) -> None:
    the_round = builders.opened(li, wu, after=timedelta(seconds=5))
    with pytest.raises(OutOfTurn):
        builders.named(the_round, li, after=timedelta(seconds=9))
    with pytest.raises(DatabaseError, match="as it was announced"), transaction.atomic():
        PublicEvent.objects.filter(pk=the_round.pk).update(name="another drawing")
    with pytest.raises(loading.AnnouncedStays):
        builders.loaded(li, cap=50)
    changes: list[dict[str, Any]] = [{"policy": "new"}, {"year": 2027}, {"rules": {}}]
    for change in changes:
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            Round.objects.filter(pk=the_round.pk).update(**change)


@pytest.mark.parametrize("state", ["frozen", "run", "published", "closed", "planned"])
def test_the_database_knows_the_order_of_the_steps(li: User, wu: User, state: str) -> None:
    the_round = builders.opened(li, wu)
    with pytest.raises(DatabaseError), transaction.atomic():
        Round.objects.filter(pk=the_round.pk).update(state=state)
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        Round.objects.filter(pk=the_round.pk)._raw_delete("default")


def test_what_two_people_did_cannot_be_rewritten(li: User, wu: User) -> None:
    the_round = builders.frozen(li, wu)
    for rows in (
        Approval.objects.filter(kind=steps.FREEZE),
        FrozenList.objects.filter(round=the_round),
        RoundAct.objects.filter(round=the_round),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Approval.objects.filter(kind=steps.FREEZE).update(reason="another one")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        FrozenList.objects.filter(round=the_round).update(list_sha256="0" * 64)


def test_an_answer_is_given_once(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li)
    asked = steps.ask(steps.OPEN, the_round, by=li)
    with pytest.raises(approvals.AlreadyAsked):
        steps.ask(steps.OPEN, the_round, by=li)
    declined = approvals.decline(asked, wu, "The calendar is missing.")
    assert (declined.state, declined.answer) == ("declined", "The calendar is missing.")
    with pytest.raises(approvals.AlreadyAnswered):
        approvals.agree(asked, wu)
    again = steps.ask(steps.OPEN, the_round, by=li)
    with pytest.raises(approvals.NotTheirs):
        approvals.withdraw(again, wu)
    approvals.withdraw(again, li)
    assert builders.fresh(the_round).state == State.PLANNED


def test_a_drill_goes_the_whole_way_and_takes_up_where_it_was_killed(li: User, wu: User) -> None:
    the_round = builders.loaded(li)
    words, figures = ["a", "b"], builders.FIGURES
    drill.take_to_seed(the_round, officer=li, leader=wu, contributions=words, figures=figures)
    seed = builders.fresh(the_round).seed
    refs = {
        facade.hold_drill(the_round.pk, officer=li, leader=wu, contributions=words, figures=figures)
        for _again in range(2)
    }
    assert len(refs) == 1
    the_round = builders.fresh(the_round)
    assert (the_round.state, the_round.seed) == (State.PUBLISHED, seed)
    assert builders.loaded(li).state == State.PUBLISHED
