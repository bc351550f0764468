"""A run: the result the files say, whole or not at all, one at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg import sql

from junheng.accounts.models import User
from junheng.admissions import facade
from junheng.admissions.engine.types import Method
from junheng.admissions.models import (
    Placement,
    PlacementReasons,
    Round,
    RoundRun,
    RunOutcome,
    SchoolResult,
)
from junheng.admissions.services import requesting, running
from junheng.admissions.services.seeds import rehearsal_seed, seed_to_draw
from junheng.admissions.tests.rounds import builders
from junheng.admissions.verify.check import ONLY, WITH_LOTTERIES
from junheng.admissions.verify.lines import Line, Property
from junheng.commons import runs
from junheng.commons.models import Run, RunFile

pytestmark = pytest.mark.django_db
RESULTS = (Placement, PlacementReasons, SchoolResult, RunOutcome)


def nothing_stored() -> bool:
    return not any(table.objects.exists() for table in (*RESULTS, RunFile))


def test_every_child_has_its_row_as_in_the_files(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    told = runs.contents(runs.files_of(record.run)["placements.csv"]).decode().splitlines()[1:]
    rows = Placement.objects.filter(run=record).select_related("school").order_by("code")
    stored = [
        ",".join(
            [
                row.code,
                row.school.code if row.school else "",
                row.how,
                str(row.list_rank or ""),
                str(row.tier),
                row.ticket,
                "" if row.distance_m is None else str(row.distance_m),
            ]
        )
        for row in rows
    ]
    assert stored == told
    assert len(stored) == 7


def test_the_older_child_counts_and_the_last_seat_goes_to_the_smaller_tier(li: User) -> None:
    """school-1 has 2 seats: c1 and c2 are of tier 1, c3 and c4 of tier 2 are diverted."""
    record = builders.ran(builders.loaded(li))
    seated = Placement.objects.filter(run=record, school__code="school-1")
    assert list(seated.order_by("place_in_order").values_list("code", "how")) == [
        ("c2", "zone"),
        ("c1", "zone"),
    ]
    assert set(
        Placement.objects.filter(run=record, code__in=["c3", "c4"]).values_list("how", flat=True)
    ) == {"diverted", "unplaced"}


def test_schools_and_figures_add_up(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    results = {row.school.code: row for row in SchoolResult.objects.filter(run=record)}
    assert (results["school-1"].placed_by_list, results["school-1"].refused) == (2, 2)
    assert results["school-2"].placed_by_list == 2
    assert results["school-3"].placed_by_list == 1
    figures = record.outcome.figures
    assert (figures["children"], figures["seats"], figures["free"]) == (7, 6, 0)
    assert (figures["choice"], figures["zone"], figures["diverted"]) == (1, 4, 1)
    assert figures["unplaced"] == 1
    assert record.outcome.flows == [
        [results["school-1"].school_id, results["school-2"].school_id, 1]
    ]


def test_the_receipt_is_the_one_of_the_files_and_the_check_stands_beside_it(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    run = record.run
    file = runs.contents(runs.files_of(run)["receipt.json"])
    assert run.receipt == json.loads(file)
    assert run.receipt_sha256 == hashlib.sha256(file).hexdigest()
    assert run.result_sha256 == run.receipt["placements_sha256"]
    usual = [p for p in Property if p not in WITH_LOTTERIES]
    looked_at = [p.value for p in usual if "zone" in ONLY.get(p, ("zone",))]
    assert [line["property"] for line in record.outcome.checks] == looked_at
    assert all(line["holds"] for line in record.outcome.checks)


def test_every_child_has_its_reasons(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    told = {
        reasons.placement.code: json.loads(reasons.body)
        for reasons in PlacementReasons.objects.filter(placement__run=record)
    }
    assert {code: body["applicant_id"] for code, body in told.items()} == {c: c for c in told}
    assert told["c3"]["list"][0]["verdict"] == "outranked"


def test_the_same_seed_gives_the_same_result_and_another_one_its_own(li: User) -> None:
    the_round = builders.loaded(li)
    first, again = builders.ran(the_round), builders.ran(the_round)
    other = builders.ran(the_round, seed="rehearsal:2")
    assert first.run.receipt == again.run.receipt
    assert first.run.result_sha256 != other.run.result_sha256


def test_working_a_finished_run_out_again_is_nothing(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    running.execute(Run.objects.get(pk=record.pk))
    assert Placement.objects.count() == 7


def test_a_run_asked_for_again_after_a_failure_knows_its_round(li: User) -> None:
    run = builders.asked(builders.loaded(li))
    runs.start(run)
    runs.fail(run, "the disk was full")
    again = runs.request_again(run, li)
    running.execute(again)
    record = RoundRun.objects.get(run=again)
    assert record.rehearsal
    assert Placement.objects.filter(run=record).count() == 7


# --------------------------------------------------------------------------------- seeds


def test_without_a_seed_there_are_only_rehearsals(li: User) -> None:
    the_round = builders.loaded(li)
    for seed in ("", "anything"):
        with pytest.raises(requesting.NoSeed):
            builders.asked(the_round, seed)
    assert RoundRun.objects.get(run=builders.asked(the_round, "rehearsal:x")).rehearsal


def test_a_seed_in_the_files_is_no_seed_of_the_round(li: User) -> None:
    the_round = builders.loaded(li, seed=builders.OFFICIAL)
    for seed in ("", builders.OFFICIAL):
        with pytest.raises(requesting.NoSeed):
            builders.asked(the_round, seed)


def test_a_ring_is_rehearsed_with_its_two_numbers(li: User) -> None:
    the_round = builders.loaded(li, method="ring-interval")
    record = builders.ran(the_round, seed="rehearsal:2:3")
    assert record.rehearsal
    assert (record.run.receipt or {})["seed"] == "2:3"


@pytest.mark.parametrize(
    ("typed", "seed"), [("a", "rehearsal:a"), (" rehearsal:a ", "rehearsal:a"), ("", "rehearsal:")]
)
def test_whatever_is_typed_makes_a_rehearsal(typed: str, seed: str) -> None:
    assert rehearsal_seed(typed) == seed
    assert seed_to_draw(seed, Method.HMAC) == seed


def test_nothing_loaded_is_not_run(li: User) -> None:
    the_round = Round.objects.create(
        place=builders.county(), path="/", ref="empty", year=2026, level="primary"
    )
    with pytest.raises(requesting.NothingLoaded):
        builders.asked(the_round)


# -------------------------------------------------------------------------------- faults


def test_two_cannot_run_at_once_and_the_second_hears_who_was_first(li: User) -> None:
    the_round = builders.loaded(li)
    first = builders.asked(the_round, by=li)
    with pytest.raises(runs.AlreadyRunning, match="Li already started this") as refusal:
        builders.asked(the_round, seed="rehearsal:other")
    assert refusal.value.run == first


STAGES = (
    *("reading", "checking", "tickets", "assignment", "diversion", "explanations"),
    *("verifying", "storing"),
)


@pytest.mark.parametrize("stage", STAGES)
def test_broken_off_at_any_stage_a_run_leaves_nothing_and_is_worked_out_anew(
    li: User, stage: str
) -> None:
    run = builders.asked(builders.loaded(li))

    def told(now: str, _share: float) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.execute(run, told)
    assert nothing_stored()
    running.execute(run)
    assert Placement.objects.count() == 7


STEPS = (
    *("runs.attach", "copy_in", "figures_of", "flows", "line_as_json", "runs.finish"),
    "runs.thaw",
)


@pytest.mark.parametrize("step", STEPS)
def test_broken_off_inside_the_last_transaction_nothing_is_stored(
    li: User, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    run = builders.asked(builders.loaded(li))
    owner, name = (runs, step.split(".")[1]) if "." in step else (running, step)
    monkeypatch.setattr(owner, name, after(getattr(owner, name)))
    with pytest.raises(MemoryError), transaction.atomic():
        running.execute(run)
    assert nothing_stored()
    monkeypatch.undo()
    running.execute(run)
    assert Placement.objects.count() == 7


def after(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, and then the machine is out of memory."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        work(*args, **kwargs)
        raise MemoryError

    return broken


def test_an_objection_of_the_independent_check_leaves_no_result(
    li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = builders.asked(builders.loaded(li))
    objection = [Line(Property.NO_ENVY.value, holds=False, detail="c1 envies c2")]
    monkeypatch.setattr(running, "verify", lambda *_: objection)
    with pytest.raises(running.CheckFailed, match="No child would rather"):
        running.execute(run)
    assert nothing_stored()


def test_a_check_that_stopped_early_is_no_check(li: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run = builders.asked(builders.loaded(li))
    early = [Line(Property.FILES.value, holds=True, detail="")]
    monkeypatch.setattr(running, "verify", lambda *_: early)
    with pytest.raises(running.CheckFailed):
        running.execute(run)
    assert nothing_stored()


def test_a_child_to_divert_without_a_home_is_named_by_file_and_row(li: User) -> None:
    children = builders.CHILDREN.replace(
        "c4,990100001001,116.000400,36.500000", "c4,990100001001,,"
    )
    children = children.replace("c3,990100001001,116.000300,36.500000", "c3,990100001001,,")
    run = builders.asked(builders.loaded(li, applicants=children))
    with pytest.raises(running.CannotRun, match=r"applicants\.csv:\d: lon,lat: "):
        running.execute(run)
    assert nothing_stored()


def test_the_facade_marks_a_run_that_broke_off_as_failed(
    li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_round = builders.loaded(li)
    monkeypatch.setattr(running, "verify", lambda *_: [Line("no_envy", holds=False, detail="x")])
    with pytest.raises(running.CheckFailed):
        facade.run_round(the_round.pk, seed="rehearsal:1")
    run = Run.objects.get()
    assert (run.state, run.note.startswith("The independent check objects")) == ("failed", True)
    assert not facade.has_result(the_round.pk)


def test_the_facade_loads_and_runs(li: User) -> None:
    builders.county()
    loaded = facade.load_round("990100", builders.round_files(), by=li)
    assert (loaded.ref, loaded.children, loaded.schools, loaded.seats) == ("2026-g1", 7, 3, 6)
    done = facade.run_round(loaded.id, seed=facade.rehearsal_seed("1"), by=li)
    assert done.rehearsal
    assert facade.has_result(loaded.id)
    assert Run.objects.get(ref=done.ref).result_sha256 == done.placements_sha256


# ---------------------------------------------------------------- what the database refuses


def test_nothing_is_added_to_a_finished_run(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    with pytest.raises(DatabaseError, match="only while their run works"):
        copy_of_a_placement(record, called="c9")


@pytest.mark.parametrize("change", ["UPDATE {} SET {key} = {key}", "DELETE FROM {}"])
@pytest.mark.parametrize("table", [*RESULTS, RoundRun])
def test_nothing_of_a_result_is_changed_or_removed(li: User, table: Any, change: str) -> None:
    builders.ran(builders.loaded(li))
    key = sql.Identifier(table._meta.pk.column)
    statement = sql.SQL(change).format(sql.Identifier(table._meta.db_table), key=key)
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="never changes"),
    ):
        cursor.execute(statement)


def test_no_school_gets_more_children_than_seats(li: User) -> None:
    """A second child is written into the one seat of school-3 while another run works."""
    record = builders.ran(builders.loaded(li))
    working = builders.asked(record.round, seed="rehearsal:2")
    runs.start(working)
    copy_of_a_placement(record, into=working.pk, child="c1")
    with pytest.raises(DatabaseError, match="school-3 would have more children than seats"):
        copy_of_a_placement(record, into=working.pk, child="c2")


def test_a_school_result_that_does_not_add_up_is_refused(li: User) -> None:
    record = builders.ran(builders.loaded(li))
    working = builders.asked(record.round, seed="rehearsal:2")
    runs.start(working)
    row = SchoolResult.objects.filter(run=record).first()
    assert row is not None
    row.pk, row.run_id, row.free = None, working.pk, row.free + 1
    with pytest.raises(IntegrityError, match="school_result_adds_up"), transaction.atomic():
        row.save(force_insert=True)


def copy_of_a_placement(
    record: RoundRun, *, into: int | None = None, child: str = "c5", called: str = ""
) -> None:
    """Write another child into the seat of c5, at school-3."""
    like = Placement.objects.get(run=record, code="c5")
    like.pk, like.run_id = None, into or record.pk
    like.applicant = record.input.applicants.get(code=child)
    like.code = called or child
    like.place_in_order = ord(like.code[1])
    like.save(force_insert=True)
