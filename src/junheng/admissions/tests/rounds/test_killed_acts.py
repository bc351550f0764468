"""Web or database killed in the middle of a step of the act: never half a step, never two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import FrozenList, Round, RoundAct
from junheng.admissions.services import loading, steps
from junheng.admissions.tests.rounds import builders
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.tests.test_faults import restart_the_database
from tests.hanging import hanging

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


def open_(li: User, wu: User) -> Approval:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=builders.SOON * 60)
    return steps.ask(steps.OPEN, the_round, by=li)


def freeze(li: User, wu: User) -> Approval:
    the_round = builders.opened(li, wu, after=builders.SOON * 60)
    return steps.ask(steps.FREEZE, the_round, by=li, input=the_round.input_id or 0)


def draw(li: User, wu: User) -> Approval:
    the_round = builders.frozen(li, wu)
    builders.wait_for(the_round.event.takes_place_at)
    return steps.ask(steps.DRAW, the_round, by=li, figures=builders.FIGURES)


def publish(li: User, wu: User) -> Approval:
    record = builders.official(li, wu)
    return steps.ask(steps.PUBLISH, record.round, by=li, run=record.run.ref)


def correct(li: User, wu: User) -> Approval:
    the_round = builders.published(li, wu).round
    children = builders.CHILDREN.replace("300,36.500000,2", "300,36.500000,1")
    made = loading.load_correction(builders.uploaded(li, applicants=children), li)
    return steps.ask(steps.CORRECT, the_round, by=li, reason="Court order 7", input=made.pk)


STEPS = [open_, freeze, draw, publish, correct]
Prepare = Callable[[User, User], Approval]


@contextmanager
def somebody_agreeing(asked: Approval, who: User, point: str, storage: Path) -> Iterator[None]:
    """A process that said yes and hangs: before its transaction ends, or right after."""
    name = str(connection.settings_dict["NAME"])
    process = "junheng.admissions.tests.rounds.acting_process"
    with hanging(process, name, str(storage), str(asked.pk), who.username, point):
        yield


def standing(asked: Approval) -> tuple[object, ...]:
    """All that a step could have changed."""
    the_round = Round.objects.get(pk=asked.payload["round"])
    lists = FrozenList.objects.filter(round=the_round).count()
    acts = RoundAct.objects.filter(round=the_round).count()
    published = the_round.runs.filter(run__published_at__isnull=False).count()
    return the_round.state, the_round.seed, the_round.input_id, lists, acts, published


@pytest.mark.parametrize("prepare", STEPS)
def test_a_web_process_killed_before_the_end_has_done_nothing_and_the_step_can_be_taken(
    li: User, wu: User, storage: Path, prepare: Prepare
) -> None:
    asked = prepare(li, wu)
    before = standing(asked)
    with somebody_agreeing(asked, wu, "before", storage):
        assert standing(asked) == before
    assert standing(asked) == before
    asked.refresh_from_db()
    assert asked.state == "pending"
    approvals.agree(asked, wu)
    assert standing(asked) != before


@pytest.mark.parametrize("prepare", [draw, publish])
def test_a_web_process_killed_right_after_has_done_it_once(
    li: User, wu: User, storage: Path, prepare: Prepare
) -> None:
    asked = prepare(li, wu)
    before = standing(asked)
    with somebody_agreeing(asked, wu, "after", storage):
        pass
    done = standing(asked)
    assert done != before
    with pytest.raises(approvals.AlreadyAnswered):
        approvals.agree(asked, wu)
    assert standing(asked) == done


@pytest.mark.alone
@pytest.mark.parametrize("prepare", [draw, publish])
def test_a_database_restarted_in_the_middle_has_done_nothing_and_the_step_can_be_taken(
    li: User, wu: User, storage: Path, prepare: Prepare
) -> None:
    asked = prepare(li, wu)
    before = standing(asked)
    with somebody_agreeing(asked, wu, "before", storage):
        restart_the_database()
    assert standing(asked) == before
    approvals.agree(Approval.objects.get(pk=asked.pk), wu)
    assert standing(asked) != before
