"""Quota seats with a database: brought in, shared out, published by two, filled, kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from junheng.accounts.models import User
from junheng.admissions.models import QuotaPlacement, QuotaPlan, QuotaRun, QuotaShare
from junheng.admissions.selectors import quotas as selectors
from junheng.admissions.services import quota_planning, quota_running
from junheng.admissions.services.quota_planning import Stage
from junheng.admissions.services.quota_sheets import (
    CandidateImporter,
    SelectiveImporter,
    SendingImporter,
)
from junheng.admissions.tests.quota import builders
from junheng.commons import approvals, import_reports, imports, runs
from junheng.commons.models import ImportBatch, Job, Run
from junheng.commons.runs import AlreadyRunning

pytestmark = pytest.mark.django_db


def seats(record: QuotaRun) -> dict[tuple[str, str], int]:
    rows = QuotaShare.objects.filter(run=record)
    return {(row.senior_code, row.code): row.seats for row in rows}


def test_seats_are_shared_out_published_by_two_and_filled_with_reasons(li: User, wu: User) -> None:
    shares, filling = builders.both_stages(li, wu)
    # A: 30 % of 20 = 6 seats for 30, 20, 10 pupils: 3, 2, 1. B: 2.1, so 2 seats: claims 1,
    # 0.67, 0.33: the seat left over goes to y.
    assert seats(shares) == {
        ("A", "x"): 3, ("A", "y"): 2, ("A", "z"): 1, ("B", "x"): 1, ("B", "y"): 1, ("B", "z"): 0,
    }  # fmt: skip
    told = {
        row.number: (row.fate, row.senior_code, row.reasons)
        for row in QuotaPlacement.objects.filter(run=filling)
    }
    assert told == {
        "0001": ("own", "A", ["seated", "not_reached"]),
        "0002": ("own", "A", ["seated", "not_reached"]),
        "0003": ("own", "A", ["seated"]),
        "0004": ("own", "B", ["full", "seated"]),
        "0005": ("own", "B", ["below_line", "seated"]),
        "0006": ("undecided", "", []),
        "0007": ("not_entitled", "", []),
    }
    assert filling.run.receipt is not None
    assert filling.run.receipt["counts"] == {
        "quota": 8, "pupils": 7, "returned": 3, "own": 5, "undecided": 1, "not_entitled": 1,
    }  # fmt: skip
    assert [(one.quota, one.own, one.returned) for one in selectors.filled_by_senior(filling)] == [
        (6, 3, 3),
        (2, 2, 0),
    ]


def test_the_same_plan_gives_the_same_fingerprint(li: User) -> None:
    the_plan = builders.filled_in(li)
    first, second = (builders.ran(the_plan, Stage.SHARES, li) for _ in range(2))
    assert first.run.result_sha256 == second.run.result_sha256
    assert first.run.receipt_sha256 == second.run.receipt_sha256


def test_a_second_publication_supersedes_the_first_and_both_stay_readable(
    li: User, wu: User
) -> None:
    the_plan = builders.filled_in(li)
    first = builders.published(builders.ran(the_plan, Stage.SHARES, li), li, wu)
    second = builders.published(builders.ran(the_plan, Stage.SHARES, li), li, wu)
    first.run.refresh_from_db()
    assert first.run.superseded_at is not None
    assert quota_planning.published_run(the_plan, Stage.SHARES) == second
    assert seats(first) == seats(second)


def test_filling_on_shares_that_were_superseded_cannot_be_published(li: User, wu: User) -> None:
    shares, filling = builders.both_stages(li, wu)
    builders.published(builders.ran(shares.plan, Stage.SHARES, li), li, wu)
    with pytest.raises(quota_planning.CannotPublishThis, match="Other shares"):
        quota_planning.ask_to_publish(filling, by=li)


def test_a_run_of_another_rule_or_table_cannot_be_published(li: User, wu: User) -> None:
    the_plan = builders.filled_in(li)
    record = builders.ran(the_plan, Stage.SHARES, li)
    asked = quota_planning.ask_to_publish(record, by=li)
    quota_planning.change_plan(the_plan, replace(builders.RULE, permille=500))
    with pytest.raises(quota_planning.CannotPublishThis, match="changed since this run"):
        approvals.agree(asked, wu)


def test_pupils_whose_school_left_the_plan_stop_the_filling(li: User, wu: User) -> None:
    the_plan = builders.filled_in(li)
    builders.published(builders.ran(the_plan, Stage.SHARES, li), li, wu)
    imports.undo(ImportBatch.objects.get(kind=SendingImporter.kind), li)
    builders.bring_in(the_plan, SendingImporter(), "code,name,pupils\nx,Xin Lower,30\n", li)
    with pytest.raises(quota_running.NothingBroughtIn, match="any more: y, z"):
        builders.ran(the_plan, Stage.FILLING, li)


def test_who_asks_cannot_be_the_one_who_agrees(li: User) -> None:
    record = builders.ran(builders.filled_in(li), Stage.SHARES, li)
    asked = quota_planning.ask_to_publish(record, by=li)
    with pytest.raises(approvals.NeedsSomebodyElse):
        approvals.agree(asked, li)


def test_a_published_rule_stays_as_it_is(li: User, wu: User) -> None:
    the_plan = builders.filled_in(li)
    changed = quota_planning.change_plan(the_plan, replace(builders.RULE, permille=500))
    assert changed.percent == "50"
    builders.published(builders.ran(the_plan, Stage.SHARES, li), li, wu)
    with pytest.raises(quota_planning.SharesArePublished):
        quota_planning.change_plan(the_plan, builders.RULE)
    assert refused(lambda: QuotaPlan.objects.filter(pk=the_plan.pk).update(permille=300))


def test_a_county_has_one_plan_a_year(li: User) -> None:
    the_plan = builders.plan()
    with pytest.raises(quota_planning.PlannedAlready, match="2026"):
        quota_planning.make_plan(the_plan.place, 2026, builders.RULE)


def test_nothing_is_worked_out_before_what_it_needs_is_there(li: User) -> None:
    the_plan = builders.plan()
    with pytest.raises(quota_running.NothingBroughtIn, match="senior"):
        builders.ran(the_plan, Stage.SHARES, li)
    with pytest.raises(quota_running.SharesFirst):
        builders.ran(the_plan, Stage.FILLING, li)


def test_filling_wants_pupils(li: User, wu: User) -> None:
    the_plan = builders.plan()
    builders.bring_in(the_plan, SelectiveImporter(), builders.SENIORS, li)
    builders.bring_in(the_plan, SendingImporter(), builders.SCHOOLS, li)
    builders.published(builders.ran(the_plan, Stage.SHARES, li), li, wu)
    with pytest.raises(quota_running.NothingBroughtIn, match="pupils"):
        builders.ran(the_plan, Stage.FILLING, li)


def test_schools_without_pupils_fail_in_words(li: User) -> None:
    the_plan = builders.plan()
    builders.bring_in(the_plan, SelectiveImporter(), builders.SENIORS, li)
    builders.bring_in(the_plan, SendingImporter(), "code,name,pupils\nx,Xin Lower,0\n", li)
    record = builders.ran(the_plan, Stage.SHARES, li)
    assert builders.state_of(record) == Run.State.FAILED
    assert Job.objects.get(args__run=record.run.ref).error == "No school has a third-year pupil."


def test_two_runs_of_a_stage_never_go_at_once(li: User) -> None:
    the_plan = builders.filled_in(li)
    quota_running.request(the_plan, Stage.SHARES, by=li, enqueue=lambda _run: None)
    with pytest.raises(AlreadyRunning):
        quota_running.request(the_plan, Stage.SHARES, by=li, enqueue=lambda _run: None)


def test_a_run_delivered_twice_is_done_once_and_one_asked_again_has_its_record(li: User) -> None:
    the_plan = builders.filled_in(li)
    record = builders.ran(the_plan, Stage.SHARES, li)
    quota_running.execute(record.run)
    assert QuotaShare.objects.filter(run=record).count() == 6
    again = runs.request_again(record.run, li)
    quota_running.execute(again)
    assert QuotaShare.objects.filter(run__run=again).count() == 6


# ---------------------------------------------------------------- what the database refuses


def refused(work: object) -> bool:
    try:
        with transaction.atomic():
            work()  # type: ignore[operator]  # any callable
    except DatabaseError:
        return True
    return False


def test_the_database_keeps_what_was_decided(li: User, wu: User) -> None:
    shares, filling = builders.both_stages(li, wu)
    share = QuotaShare.objects.filter(run=shares).earliest("pk")
    placement = QuotaPlacement.objects.filter(run=filling).earliest("pk")
    for row in (share, placement, shares):
        assert refused(row.delete)
    assert refused(lambda: QuotaShare.objects.update(seats=1))
    assert refused(lambda: QuotaPlacement.objects.update(fate="none", senior_code=""))
    share.pk = None
    share.code = "w"
    assert refused(share.save)  # the run is over


def working(the_plan: QuotaPlan, stage: str, by: User, shares: QuotaRun | None = None) -> QuotaRun:
    record = quota_running.request(the_plan, stage, by=by, enqueue=lambda _run: None)
    runs.start(record.run)
    return record


def test_the_database_refuses_more_seats_than_there_are(li: User, wu: User) -> None:
    shares, filling = builders.both_stages(li, wu)
    record = working(shares.plan, Stage.SHARES, li)
    row = QuotaShare.objects.get(run=shares, senior_code="A", code="x")
    for code in ("x", "y", "z"):
        row.pk, row.run, row.code = None, record, code  # 3 seats of 6 each
        assert refused(QuotaShare(**_values(row)).save) == (code == "z")
    wrong = QuotaShare(**{**_values(row), "code": "v", "whole": 4, "seats": 4})
    assert refused(wrong.save)  # four seats are not the claim of thirty pupils
    seating = working(shares.plan, Stage.FILLING, li)
    pupil = QuotaPlacement.objects.get(run=filling, number="0004")  # the only seat of x at B
    for number, refuses in (("0004", False), ("0008", True)):
        pupil.pk, pupil.run, pupil.number = None, seating, number
        assert refused(pupil.save) == refuses
    pupil.pk, pupil.fate = None, "others"  # the seat of y, and then one that nobody has
    assert not refused(pupil.save)
    pupil.pk, pupil.number = None, "0009"
    assert refused(pupil.save)


def _values(row: QuotaShare) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


# ---------------------------------------------------------------- what comes in


@pytest.mark.parametrize(
    ("importer", "text", "told"),
    [
        pytest.param(
            SelectiveImporter(), "code,name,seats,line\nA,First,20,six\n", "points", id="line"
        ),
        pytest.param(
            SelectiveImporter(), "code,name,seats,line\nA,First,-1,\n", "between", id="seats"
        ),
        pytest.param(SendingImporter(), "code,name,pupils\nx,Xin,20001\n", "between", id="pupils"),
        pytest.param(
            CandidateImporter(),
            "number,school_code,score,tie,years,choice_1\n1,w,650,,3,A\n",
            "no school",
            id="a school that is not in the plan",
        ),
        pytest.param(
            CandidateImporter(),
            "number,school_code,score,tie,years,choice_1\n1,x,650,,3,C\n",
            "no senior school",
            id="a senior school that is not in the plan",
        ),
        pytest.param(
            CandidateImporter(),
            "number,school_code,score,tie,years,choice_1,choice_2\n1,x,650,,3,A,A\n",
            "twice",
            id="a choice twice",
        ),
        pytest.param(
            CandidateImporter(),
            "number,school_code,score,tie,years,choice_1\n1,x,1e3,,3,A\n",
            "points",
            id="a score in another notation",
        ),
    ],
)
def test_a_faulty_table_is_refused_with_its_reason(
    li: User, importer: imports.Importer, text: str, told: str
) -> None:
    the_plan = builders.plan()
    if isinstance(importer, CandidateImporter):
        builders.bring_in(the_plan, SelectiveImporter(), builders.SENIORS, li)
        builders.bring_in(the_plan, SendingImporter(), builders.SCHOOLS, li)
    batch = builders.bring_in(the_plan, importer, text, li)
    assert batch.state == ImportBatch.State.REFUSED
    assert told in " ".join(one.message for one in import_reports.report_of(batch).faults)


def test_a_table_comes_in_once_and_can_be_taken_back(li: User) -> None:
    the_plan = builders.filled_in(li)
    twice = builders.bring_in(the_plan, SendingImporter(), builders.SCHOOLS, li)
    assert twice.state == ImportBatch.State.REFUSED
    applied = ImportBatch.objects.get(kind=SendingImporter.kind, state=ImportBatch.State.APPLIED)
    imports.undo(applied, li)
    assert not the_plan.quotaschool_set.exists()
    again = builders.bring_in(the_plan, SendingImporter(), builders.SCHOOLS, li)
    assert again.state == ImportBatch.State.APPLIED


def test_a_schools_place_comes_from_the_register_of_organisations(li: User) -> None:
    from junheng.accounts.tests import cast

    school = cast.school("lower-1")
    the_plan = builders.plan()
    text = "code,name,pupils\nlower-1,Lower One,30\nelse,Elsewhere,3\n"
    builders.bring_in(the_plan, SendingImporter(), text, li)
    paths = dict(the_plan.quotaschool_set.values_list("code", "path"))
    assert paths == {"lower-1": school.path, "else": the_plan.path}
