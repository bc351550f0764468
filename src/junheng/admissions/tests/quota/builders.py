"""A plan of quota seats with two senior schools, three lower schools and seven pupils."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import jobs
from junheng.admissions.models import QuotaPlan, QuotaRun
from junheng.admissions.services import quota_planning
from junheng.admissions.services.quota_planning import Rule, Stage
from junheng.admissions.services.quota_sheets import (
    CandidateImporter,
    SelectiveImporter,
    SendingImporter,
)
from junheng.commons import approvals, import_reports, imports, worker
from junheng.commons.models import ImportBatch, Run
from junheng.places.models import Place

RULE = Rule(permille=300, years=3, unfilled="others", basis="Document 7 of 2026")
SENIORS = "code,name,seats,line\nA,First Senior,20,600\nB,Second Senior,7,\n"
SCHOOLS = "code,name,pupils\nx,Xin Lower,30\ny,Yue Lower,20\nz,Zhi Lower,10\n"
PUPILS = """number,school_code,score,tie,years,choice_1,choice_2,choice_3,choice_4
0001,x,650.5,300,3,A,B,,
0002,x,640,300,3,A,B,,
0003,x,630,,3,A,,,
0004,x,620,,3,A,B,,
0005,y,599.5,,3,A,B,,
0006,y,,,3,A,,,
0007,z,700,,2,A,,,
"""


def county() -> Place:
    """Yunhuai."""
    return cast.counties()


def plan(year: int = 2026, rule: Rule = RULE) -> QuotaPlan:
    """The plan of a year; the same year again is the same plan."""
    place = county()
    known: QuotaPlan | None = QuotaPlan.objects.filter(place=place, year=year).first()
    return known or quota_planning.make_plan(place, year, rule)


def bring_in(the_plan: QuotaPlan, importer: imports.Importer, text: str, by: User) -> ImportBatch:
    """A table, looked through and taken over where it is sound."""
    batch = imports.receive(
        importer, text.encode(), name="table.csv", target={"quota": str(the_plan.pk)}, by=by
    )
    if batch.state == ImportBatch.State.PREVIEWED:
        imports.take_over(batch, by)
        batch.refresh_from_db()
    return batch


def filled_in(by: User, year: int = 2026, rule: Rule = RULE) -> QuotaPlan:
    """A plan with everything brought in."""
    the_plan = plan(year, rule)
    for importer, text in (
        (SelectiveImporter(), SENIORS),
        (SendingImporter(), SCHOOLS),
        (CandidateImporter(), PUPILS),
    ):
        batch = bring_in(the_plan, importer, text, by)
        assert batch.state == ImportBatch.State.APPLIED, import_reports.report_of(batch).faults
    return the_plan


def ran(the_plan: QuotaPlan, stage: str, by: User) -> QuotaRun:
    """A finished run of a stage."""
    job = jobs.start_quota(the_plan, stage, by=by)
    worker.work_off()
    found: QuotaRun = QuotaRun.objects.select_related("run", "plan").get(run__ref=job.args["run"])
    return found


def published(record: QuotaRun, by: User, second: User) -> QuotaRun:
    """The same run, published by two people."""
    approvals.agree(quota_planning.ask_to_publish(record, by=by), second)
    found: QuotaRun = QuotaRun.objects.select_related("run", "plan").get(pk=record.pk)
    return found


def both_stages(by: User, second: User, year: int = 2026, **more: Any) -> Sequence[QuotaRun]:
    """Published shares and the seats filled on them."""
    the_plan = filled_in(by, year, **more)
    shares = published(ran(the_plan, Stage.SHARES, by), by, second)
    return shares, ran(the_plan, Stage.FILLING, by)


def state_of(record: QuotaRun) -> str:
    """What the database says of a run now."""
    return Run.objects.get(pk=record.pk).state
