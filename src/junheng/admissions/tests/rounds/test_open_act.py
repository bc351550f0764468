"""A round whose families answer offers, as an act: result, answers, result, with one seed."""

from __future__ import annotations

import pytest

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import RoundInput, RoundRun
from junheng.admissions.services import freezing, loading, publishing, steps
from junheng.admissions.tests.rounds import builders
from junheng.admissions.tests.rounds.test_modes import OPEN, SCHOOLS, hows
from junheng.commons.refusals import Refusal

pytestmark = pytest.mark.django_db
ANSWERS = "applicant_id,rank,school_id\nc4,1,host\n"
NOBODY = "0" * 64


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


@pytest.fixture
def offered(li: User, wu: User) -> RoundRun:
    """The first result, published: c3 and c4 are offered what the lists left over."""
    return builders.published(li, wu, schools=SCHOOLS, diversion=OPEN)


def answers(li: User, first_run: str, **tables: str) -> RoundInput:
    named = OPEN + f'first_run = "{first_run}"\n'
    given = {"schools": SCHOOLS, "offer_choices": ANSWERS, **tables}
    upload = builders.uploaded(li, diversion=named, **given)
    return loading.load_correction(upload, li)


def decided(offered: RoundRun, made: RoundInput, li: User, wu: User) -> RoundRun:
    reason = "answers of the families"
    builders.both(steps.CORRECT, offered.round, li, wu, input=made.pk, reason=reason)
    return builders.ran(builders.fresh(offered.round), seed="", by=li)


def test_families_answer_the_published_result_and_the_seed_stays(
    offered: RoundRun, li: User, wu: User
) -> None:
    assert hows(offered)["c4"] == "unplaced "
    second = decided(offered, answers(li, offered.run.receipt_sha256), li, wu)
    builders.both(steps.PUBLISH, offered.round, li, wu, run=second.run.ref)
    assert second.run.seed == offered.run.seed
    assert hows(second)["c4"] == "offered host"
    by_list = {child: how for child, how in hows(offered).items() if how != "unplaced "}
    assert sorted(by_list) == ["c1", "c2", "c5", "c6", "c7"]
    assert by_list.items() <= hows(second).items()
    now = publishing.published_run(builders.fresh(offered.round))
    assert now is not None
    assert now.pk == second.pk


def test_beside_the_answers_every_fingerprint_stays(offered: RoundRun, li: User, wu: User) -> None:
    decided(offered, answers(li, offered.run.receipt_sha256), li, wu)
    first, second = (one.content for one in offered.round.lists.order_by("version"))
    added = {name: second["tables"][name] for name in second["tables"]}
    changed = {name for name, value in added.items() if first["tables"].get(name) != value}
    assert changed == {"offer_choices"}
    rules = {k: v for k, v in second["rules"].items() if v != first["rules"].get(k)}
    assert str(rules).count(offered.run.receipt_sha256) == 1


def test_answers_to_a_run_that_was_not_published_are_refused(offered: RoundRun, li: User) -> None:
    with pytest.raises(loading.AnnouncedStays, match="not published"):
        answers(li, NOBODY)


def test_another_list_beside_the_answers_is_refused(offered: RoundRun, li: User) -> None:
    children = builders.CHILDREN.replace(
        "c3,990100001001,116.000300,36.500000,2", "c3,990100001001,116.000300,36.500000,1"
    )
    assert children != builders.CHILDREN
    with pytest.raises(loading.AnnouncedStays, match=r"differ from it: applicants\."):
        answers(li, offered.run.receipt_sha256, applicants=children)


def test_another_rule_beside_the_answers_is_refused(offered: RoundRun, li: User) -> None:
    named = OPEN.replace("nearest", "decline", 1) + f'first_run = "{offered.run.receipt_sha256}"\n'
    upload = builders.uploaded(li, schools=SCHOOLS, diversion=named, offer_choices=ANSWERS)
    with pytest.raises(loading.AnnouncedStays, match="other rules"):
        loading.load_correction(upload, li)


def test_a_list_with_answers_before_any_offer_is_not_frozen(li: User, wu: User) -> None:
    early = OPEN + f'first_run = "{NOBODY}"\n'
    the_round = builders.opened(li, wu, schools=SCHOOLS, diversion=early, offer_choices=ANSWERS)
    with pytest.raises(freezing.AnsweredTooEarly):
        builders.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)


def test_answers_of_a_child_who_was_not_offered_are_refused(
    offered: RoundRun, li: User, wu: User
) -> None:
    stranger = "applicant_id,rank,school_id\nc1,1,host\n"
    with pytest.raises(Refusal):
        decided(offered, answers(li, offered.run.receipt_sha256, offer_choices=stranger), li, wu)
