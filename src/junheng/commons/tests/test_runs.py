from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from junheng.commons import runs
from junheng.commons.models import Run, RunFile, Snapshot
from junheng.commons.runs import AlreadyRunning, CannotPublish, RunIsOver
from junheng.commons.storage import Damaged, store
from junheng.commons.tests.conftest import a_run

RECEIPT = {"inputs": {"schools": "ab"}, "seed": "云槐", "counts": {"placed": 3}}


def finished(run: Run, result: str = "ff") -> Run:
    runs.start(run)
    runs.finish(run, receipt=RECEIPT, result_sha256=result)
    return run


def refused_by_the_database(statement: str) -> bool:
    """Whether raw SQL, past all of our code, is refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


# ---------------------------------------------------------------------------- snapshots


def test_the_same_files_are_the_same_snapshot(snapshot: Snapshot) -> None:
    again = runs.freeze("test.round", {"schools.csv": b"id\n1\n", "round.toml": b"round"})
    assert again == snapshot
    assert runs.thaw(again) == {"round.toml": b"round", "schools.csv": b"id\n1\n"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("test.round", {"a": b"1", "b": b""}), id="one file more"),
        pytest.param(("test.round", {"b": b"1"}), id="another name"),
        pytest.param(("test.other", {"a": b"1"}), id="another kind"),
    ],
)
def test_anything_different_is_another_snapshot(other: tuple[str, dict[str, bytes]]) -> None:
    assert runs.freeze("test.round", {"a": b"1"}) != runs.freeze(*other)


def test_a_snapshot_changed_on_the_disk_is_not_believed(snapshot: Snapshot) -> None:
    for file in (store().root / "blobs").rglob("*"):
        if file.is_file() and file.read_bytes() == b"round":
            file.write_bytes(b"rounD")
    with pytest.raises(Damaged):
        runs.thaw(snapshot)


def test_a_snapshot_row_never_changes(snapshot: Snapshot) -> None:
    assert refused_by_the_database("UPDATE commons_snapshot SET kind = 'x'")
    assert refused_by_the_database("DELETE FROM commons_snapshot")


# ------------------------------------------------------------------------- one at a time


def test_a_second_run_is_told_whose_the_first_is(
    run: Run, snapshot: Snapshot, li: AbstractBaseUser
) -> None:
    with pytest.raises(AlreadyRunning, match=r"Admissions.*" + run.ref) as refusal:
        a_run(snapshot, li)
    assert refusal.value.run == run


def test_other_matters_do_not_wait(run: Run, snapshot: Snapshot) -> None:
    assert a_run(snapshot, matter="round 2").ref != run.ref


@pytest.mark.parametrize("end", [finished, runs.cancel, lambda run: runs.fail(run, "why")])
def test_the_matter_is_free_when_the_run_is_over(
    end: Callable[[Run], Any], run: Run, snapshot: Snapshot
) -> None:
    end(run)
    assert a_run(snapshot).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_of_the_other(snapshot: Snapshot) -> None:
    both_ready = threading.Barrier(2)
    answers: list[str | AlreadyRunning] = []

    def press_the_button() -> None:
        try:
            with transaction.atomic():
                both_ready.wait()
                answers.append(a_run(snapshot).ref)
        except AlreadyRunning as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    officers = [threading.Thread(target=press_the_button) for _officer in range(2)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    started = next(answer for answer in answers if isinstance(answer, str))
    refused = next(answer for answer in answers if isinstance(answer, AlreadyRunning))
    assert refused.run.ref == started
    assert Run.objects.count() == 1


def test_a_reference_drawn_twice_is_drawn_again(
    run: Run, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([run.ref, "RN-fresh"])
    monkeypatch.setattr(runs, "_fresh_ref", lambda: next(drawn))
    assert a_run(snapshot, matter="round 2").ref == "RN-fresh"


def test_another_fault_of_the_tables_is_not_taken_for_a_run_under_way(snapshot: Snapshot) -> None:
    with pytest.raises(IntegrityError):
        a_run(Snapshot(pk=snapshot.pk), kind=None)  # type: ignore[arg-type]  # what the table refuses


def test_a_run_that_is_over_is_not_ended_again(run: Run) -> None:
    runs.cancel(run)
    runs.fail(Run.objects.get(pk=run.pk), "too late")
    run.refresh_from_db()
    assert (run.state, run.note) == ("cancelled", "")


# ---------------------------------------------------------------------- what a run keeps


def test_a_run_ends_with_its_receipt(run: Run) -> None:
    finished(run)
    assert (run.state, run.receipt, run.result_sha256) == ("done", RECEIPT, "ff")
    assert run.software.startswith("junheng ")


def test_doing_the_work_twice_is_doing_it_once(run: Run) -> None:
    finished(run)
    before = (run.finished_at, run.started_at)
    assert runs.start(run) is False
    runs.finish(run, receipt=RECEIPT, result_sha256="ff")
    assert (run.finished_at, run.started_at) == before


def test_another_result_for_a_done_run_is_refused(run: Run) -> None:
    finished(run)
    with pytest.raises(RunIsOver):
        runs.finish(run, receipt=RECEIPT, result_sha256="00")


def test_a_cancelled_run_is_not_worked_on(run: Run) -> None:
    runs.cancel(run)
    with pytest.raises(RunIsOver):
        runs.start(run)


def test_a_killed_workers_run_can_be_started_again(run: Run) -> None:
    assert runs.start(run)
    assert runs.start(run)


def test_a_receipt_that_would_read_back_differently_is_refused(run: Run) -> None:
    runs.start(run)
    with pytest.raises(ValueError, match="spells"):
        runs.finish(run, receipt={"share": 1e22}, result_sha256="ff")
    run.refresh_from_db()
    assert run.state == "running"


@pytest.mark.parametrize(
    "change",
    [
        "receipt = '{}'",
        "receipt_sha256 = 'x'",
        "result_sha256 = 'x'",
        "seed = 'x'",
        "snapshot_id = snapshot_id + 1",
        "state = 'failed', receipt = NULL, receipt_sha256 = '', result_sha256 = ''",
        "software = 'x'",
        "requested_by_id = NULL",
        "finished_at = now()",
        "matter = 'x'",
    ],
)
def test_raw_sql_cannot_change_a_done_run(change: str, run: Run) -> None:
    finished(run)
    assert refused_by_the_database(" ".join(("UPDATE commons_run SET", change)))
    assert not refused_by_the_database("UPDATE commons_run SET note = 'a note may be added'")


def test_a_done_run_cannot_be_deleted(run: Run) -> None:
    finished(run)
    assert refused_by_the_database("DELETE FROM commons_run")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("state = 'done'", id="done without a receipt"),
        pytest.param("receipt = '{}', receipt_sha256 = 'x'", id="a receipt before it is done"),
        pytest.param("published_at = now()", id="published before it is done"),
        pytest.param("superseded_at = now()", id="superseded without being published"),
    ],
)
def test_raw_sql_cannot_skip_a_step(change: str, run: Run) -> None:
    assert refused_by_the_database(" ".join(("UPDATE commons_run SET", change)))


def test_raw_sql_cannot_enter_a_finished_run(run: Run) -> None:
    finished(run)
    columns = ", ".join(f.attname for f in Run._meta.fields if f.attname not in ("id", "ref"))
    copy = "INSERT INTO commons_run (ref, {0}) SELECT 'forged', {0} FROM commons_run"
    assert refused_by_the_database(copy.format(columns))


# ------------------------------------------------------------------------------- files


def test_files_are_kept_with_the_run(run: Run) -> None:
    runs.start(run)
    runs.attach(run, {"placements.csv": b"first try", "receipt.json": b"{}"})
    runs.attach(run, {"placements.csv": b"second try"})
    files = runs.files_of(run)
    assert list(files) == ["placements.csv", "receipt.json"]
    assert runs.contents(files["placements.csv"]) == b"second try"


def test_a_done_runs_files_stay_as_they_are(run: Run) -> None:
    runs.start(run)
    runs.attach(run, {"placements.csv": b"x"})
    runs.finish(run, receipt=RECEIPT, result_sha256="ff")
    with pytest.raises(DatabaseError), transaction.atomic():
        runs.attach(run, {"placements.csv": b"y"})
    with pytest.raises(DatabaseError), transaction.atomic():
        RunFile.objects.create(run=run, name="more.csv", sha256="0" * 64, bytes=1)
    assert refused_by_the_database("UPDATE commons_runfile SET sha256 = 'x'")
    assert refused_by_the_database("DELETE FROM commons_runfile")


# -------------------------------------------------------------------------- publishing


def test_publishing_supersedes_the_run_before(
    run: Run, snapshot: Snapshot, li: AbstractBaseUser
) -> None:
    runs.publish(finished(run), li)
    newer = finished(a_run(snapshot, li))
    runs.publish(newer, li)
    run.refresh_from_db()
    assert runs.published("round 1") == newer
    assert run.published_at is not None
    assert run.superseded_at == newer.published_at
    with pytest.raises(CannotPublish, match="superseded"):
        runs.publish(run, li)


def test_a_rehearsal_is_never_published(snapshot: Snapshot, li: AbstractBaseUser) -> None:
    run = finished(a_run(snapshot, seed="rehearsal:1"))
    with pytest.raises(CannotPublish, match="rehearsal"):
        runs.publish(run, li)
    assert refused_by_the_database("UPDATE commons_run SET published_at = now()")


def test_an_unfinished_run_is_never_published(run: Run, li: AbstractBaseUser) -> None:
    with pytest.raises(CannotPublish, match="not done"):
        runs.publish(run, li)


def test_what_was_published_stays_published(run: Run, li: AbstractBaseUser) -> None:
    runs.publish(finished(run), li)
    assert refused_by_the_database("UPDATE commons_run SET published_at = NULL")
    assert refused_by_the_database("UPDATE commons_run SET published_at = now() + '1 day'")


def test_the_database_keeps_one_published_run(
    run: Run, snapshot: Snapshot, li: AbstractBaseUser
) -> None:
    runs.publish(finished(run), li)
    finished(a_run(snapshot))
    assert refused_by_the_database("UPDATE commons_run SET published_at = now() WHERE id > 0")


def test_asking_again_asks_for_the_same(run: Run, li: AbstractBaseUser) -> None:
    runs.fail(run, "the disk was full")
    again = runs.request_again(run, li)
    assert (again.matter, again.seed, again.snapshot) == (run.matter, run.seed, run.snapshot)
    assert (again.state, run.state, run.note) == ("queued", "failed", "the disk was full")
