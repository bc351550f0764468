"""Quota seats of a year in one go, by two people: for a county's drill, and for the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from junheng.accounts.facade import User
from junheng.admissions.models import QuotaPlan, QuotaRun
from junheng.admissions.services import quota_planning, quota_running
from junheng.admissions.services.quota_planning import Rule, Stage
from junheng.admissions.services.quota_sheets import IMPORTERS
from junheng.commons import approvals
from junheng.places.facade import Place

BATCH = 2_000
Table = Sequence[Mapping[str, Any]]


def share_and_fill(
    place: Place,
    year: int,
    rule: Rule,
    tables: Sequence[Table],
    *,
    officer: User,
    leader: User,
) -> QuotaPlan:
    """Make a plan, bring its three tables in, share the seats, fill them, and publish both.

    What an earlier call has done stays done; a filling that waits is left for the second person.

    Args:
        place: The county.
        year: The year of the examination.
        rule: What the plan says.
        tables: Senior schools, lower schools, pupils; rows as sound imports give them.
        officer: Who asks.
        leader: Who agrees.

    Raises:
        Refusal: If a step is out of turn, or one of the two has no such post.
    """
    known: QuotaPlan | None = QuotaPlan.objects.filter(place=place, year=year).first()
    plan = known or quota_planning.make_plan(place, year, rule)
    for importer, table in zip(IMPORTERS, tables, strict=True):
        if not importer.model.objects.filter(plan=plan).exists():
            rows = importer().rows(plan, [dict(row) for row in table])
            for row in rows:
                row.plan = plan
            importer.model.objects.bulk_create(rows, batch_size=BATCH)
    if quota_planning.published_run(plan, Stage.SHARES) is None:
        shares = _ran(plan, Stage.SHARES, officer)
        approvals.agree(quota_planning.ask_to_publish(shares, by=officer), leader)
    if not QuotaRun.objects.filter(plan=plan, stage=Stage.FILLING, run__state="done").exists():
        filling = _ran(plan, Stage.FILLING, officer)
        approvals.agree(quota_planning.ask_to_publish(filling, by=officer), leader)
    return plan


def _ran(plan: QuotaPlan, stage: str, by: User) -> QuotaRun:
    record = quota_running.request(plan, stage, by=by, enqueue=lambda _run: None)
    quota_running.execute(record.run)
    record.run.refresh_from_db()
    return record
