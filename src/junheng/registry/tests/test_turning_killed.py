"""The turn of the year broken off, at every step and by kill -9: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import approvals, jobs, worker
from junheng.commons.models import Job
from junheng.commons.progress import Interrupted
from junheng.kernel.school_year import SchoolYear
from junheng.registry.jobs import roll_overs
from junheng.registry.models import RollOver, SchoolClass, Standing
from junheng.registry.services import roll_overs as services
from junheng.registry.services import turning
from junheng.registry.services.roll_overs import OutOfTurn
from junheng.registry.tests import builders
from tests.hanging import hanging

Everything = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]
STEPS = (0, 1, 2, 3, 5)
"""Those that it tells; 5 when everything is written and nothing kept."""


def everything() -> Everything:
    """All standings and classes there are."""
    standings = Standing.objects.order_by("pupil_id", "valid_from").values_list(
        "pupil", "school_year", "grade", "school_class", "state", "valid_to", "completed", "batch"
    )
    classes = SchoolClass.objects.order_by("pk").values_list("pk", "school_year", "grade", "size")
    return list(standings), list(classes)


def planned() -> RollOver:
    builders.facts()
    builders.pupils(4, builders.a_class(size=0))
    builders.pupils(2, builders.a_class(size=0, grade=6))
    row = services.request_plan(cast.counties(), SchoolYear(2025), by=cast.li())
    services.make_plan(row.pk)
    row.refresh_from_db()
    return row


def begun() -> RollOver:
    return services.begin(planned().pk, asked_by=cast.li(), approved_by=cast.wu())


def broken_off(at: int) -> services.Told:
    """Whoever is told of this step breaks the work off."""

    def told(done: int, _total: int, _what: str) -> None:
        if done == at:
            raise Interrupted

    return told


@pytest.mark.django_db
def test_broken_off_at_any_step_nothing_is_half_moved_and_a_second_start_completes() -> None:
    row = begun()
    before = everything()
    for step in STEPS:
        with pytest.raises(Interrupted):
            turning.carry_out(row.pk, broken_off(step))
        assert everything() == before
    turning.carry_out(row.pk)
    after = everything()
    assert after != before
    turning.carry_out(row.pk)
    assert everything() == after
    for step in (0, 1, 2, 4):
        with pytest.raises(Interrupted):
            turning.undo(row.pk, broken_off(step))
        assert everything() == after
    turning.undo(row.pk)
    assert everything() == before


@contextmanager
def somebody_turning(row: RollOver, step: int) -> Iterator[None]:
    """A process that works at the turn and is killed with SIGKILL at the end of the block."""
    name, root = str(connection.settings_dict["NAME"]), str(settings.STORAGE_ROOT)
    with hanging("junheng.registry.tests.turning_process", name, root, str(row.pk), str(step)):
        yield


@pytest.mark.django_db(transaction=True)
def test_killed_with_everybody_moved_and_nothing_kept_it_is_done_again() -> None:
    """The last step: all rows are written, the transaction is open."""
    row = begun()
    before = everything()
    with somebody_turning(row, 5):
        assert everything() == before
    assert everything() == before
    turning.carry_out(row.pk)
    row.refresh_from_db()
    assert row.state == "done"
    assert len(everything()[0]) == 12


@pytest.mark.django_db
class TestGivenUp:
    def test_a_turn_whose_job_is_over_does_not_stand_in_the_way(self, signed_in: SignedIn) -> None:
        """Cancelled before it began, or given up after three workers died: nothing was moved."""
        row = planned()
        approvals.agree(roll_overs.ask(roll_overs.TURN, row, by=cast.li()), cast.wu())
        with pytest.raises(OutOfTurn, match="being carried out"):
            services.request_plan(cast.counties(), SchoolYear(2025), by=cast.li())
        job = Job.objects.get(kind="registry.carry_out_roll_over")
        jobs.end(job, Job.State.FAILED, "The server was interrupted 3 times.")
        row.refresh_from_db()
        page = signed_in(cast.li()).get(f"/registry/roll-overs/{row.pk}/").content.decode()
        assert "The turn was broken off, and nobody was moved" in page
        again = services.request_plan(cast.counties(), SchoolYear(2025), by=cast.li())
        row.refresh_from_db()
        assert (row.state, again.state) == ("discarded", "planning")
        with pytest.raises(OutOfTurn), transaction.atomic():
            turning.carry_out(row.pk)

    def test_the_worker_does_what_two_people_agreed_to(self) -> None:
        row = planned()
        approvals.agree(roll_overs.ask(roll_overs.TURN, row, by=cast.li()), cast.wu())
        assert not services.was_given_up(row)
        worker.work_off()
        row.refresh_from_db()
        assert row.state == "done"
