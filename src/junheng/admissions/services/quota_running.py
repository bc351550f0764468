"""A run of quota seats: frozen, computed, checked by other code, kept whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.quota import NothingToGoBy, quota_of, share_out
from junheng.admissions.engine.quota_filling import fill
from junheng.admissions.models import QuotaPlacement, QuotaPlan, QuotaRun, QuotaShare
from junheng.admissions.services.quota_planning import KIND, Stage, matter_of, published_run
from junheng.admissions.snapshots import quotas as frozen
from junheng.admissions.verify.quota import SENTENCES, Held, check_filling, check_shares
from junheng.commons import runs
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.kernel.canonical import canonical_json

RULES_VERSION = "quota-seats/1"
BATCH = 2_000
SHOWN = 5
Enqueue = Callable[[Run], object]
Files = dict[str, bytes]


class NothingBroughtIn(Refusal):
    """Something that the run needs was not imported yet."""


class SharesFirst(Refusal):
    """Seats are filled on published shares only."""


class QuotaCheckFailed(Refusal):
    """The independent check objects to the result, so there is none."""

    def __init__(self, broken: Iterable[Held]) -> None:
        told = "; ".join(_(SENTENCES[held.name]) for held in broken)
        super().__init__(_("The independent check objects, so nothing was kept: %s") % told)


def request(plan: QuotaPlan, stage: str, *, by: User | None, enqueue: Enqueue) -> QuotaRun:
    """Ask for a run of a stage.

    Args:
        plan: Whose.
        stage: Seats shared out, or filled.
        by: Who asks.
        enqueue: Called with the new run inside the transaction.

    Raises:
        AlreadyRunning: If one is under way; it says whose and since when.
        NothingBroughtIn, SharesFirst: If what it needs is not there.
    """
    with transaction.atomic():
        held: QuotaPlan = QuotaPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        shares, files = _files(held, stage)
        run = runs.request_run(
            kind=f"{KIND}.{stage}",
            matter=matter_of(held, stage),
            snapshot=runs.freeze(f"{KIND}.{stage}", files),
            rules_version=RULES_VERSION,
            seed="",
            by=by,
        )
        record: QuotaRun = QuotaRun.objects.create(run=run, plan=held, stage=stage, shares=shares)
        enqueue(run)
    return record


def _files(plan: QuotaPlan, stage: str) -> tuple[QuotaRun | None, Files]:
    if stage == Stage.SHARES:
        if not plan.selectiveschool_set.exists() or not plan.quotaschool_set.exists():
            raise NothingBroughtIn(_("Bring in the senior schools and the lower schools first."))
        return None, frozen.files_of(plan, None)
    shares = published_run(plan, Stage.SHARES)
    if shares is None:
        raise SharesFirst(_("Publish the shares first: seats are filled on those."))
    if not plan.quotacandidate_set.exists():
        raise NothingBroughtIn(_("Bring in the pupils with their scores and choices first."))
    _require_known_codes(plan)
    return shares, frozen.files_of(plan, shares)


def _require_known_codes(plan: QuotaPlan) -> None:
    """Tables of schools may have been brought in anew since the pupils were."""
    schools = set(plan.quotaschool_set.values_list("code", flat=True))
    seniors = set(plan.selectiveschool_set.values_list("code", flat=True))
    gone: set[str] = set()
    for school, choices in plan.quotacandidate_set.values_list("school_code", "choices"):
        gone |= ({school} - schools) | (set(choices) - seniors)
    if gone:
        told = _("Pupils name schools that are not in the plan any more: %s.")
        raise NothingBroughtIn(told % _(", ").join(sorted(gone)[:SHOWN]))


def execute(run: Run) -> None:
    """Work a run out; doing it again after a kill is safe, doing it after the end is nothing.

    Raises:
        NothingBroughtIn: If there are seats and no school has a pupil.
        QuotaCheckFailed: If the independent check objects.
        RunIsOver: If the run failed or was cancelled meanwhile.
    """
    if not runs.start(run):
        return
    record, files = _record(run), runs.thaw(run.snapshot)
    if record.stage == Stage.SHARES:
        _share_out(run, record, files)
    else:
        _fill(run, record, files)


def _record(run: Run) -> QuotaRun:
    """The run of a plan; one that was asked for again, after a failure, has none yet."""
    known: QuotaRun | None = QuotaRun.objects.filter(run=run).first()
    if known is not None:
        return known
    like = QuotaRun.objects.filter(run__matter=run.matter, run__snapshot=run.snapshot).first()
    if like is None:
        raise NothingBroughtIn(_("Start the run from the page of the plan."))
    made: QuotaRun = QuotaRun.objects.create(
        run=run, plan_id=like.plan_id, stage=like.stage, shares_id=like.shares_id
    )
    return made


def _share_out(run: Run, record: QuotaRun, files: Files) -> None:
    plan = frozen.read(files, frozen.PLAN)
    schools = frozen.sending_schools(plan)
    quotas = {one["code"]: quota_of(one["seats"], plan["permille"]) for one in plan["seniors"]}
    try:
        shared = {code: share_out(seats, schools) for code, seats in quotas.items()}
    except NothingToGoBy as error:
        raise NothingBroughtIn(_("No school has a third-year pupil.")) from error
    rows = frozen.share_rows(plan, shared)
    pupils = {school.code: school.pupils for school in schools}
    _require_sound(
        held
        for code, seats in quotas.items()
        for held in check_shares(seats, pupils, frozen.told_shares(rows, code))
    )
    counts = {
        "quota": sum(quotas.values()),
        "planned": sum(one["seats"] for one in plan["seniors"]),
        "schools": len(schools),
        "pupils": sum(pupils.values()),
    }
    made = [QuotaShare(run=record, **row) for row in rows]
    _keep(run, rows, counts, lambda: QuotaShare.objects.bulk_create(made, batch_size=BATCH))


def _fill(run: Run, record: QuotaRun, files: Files) -> None:
    plan, pupils = frozen.read(files, frozen.PLAN), frozen.read(files, frozen.PUPILS)
    quota = frozen.quota(frozen.read(files, frozen.SHARES))
    filling = fill(quota, frozen.candidates(pupils), frozen.filling_rules(plan))
    rows = frozen.result_rows(filling.pupils)
    _require_sound(
        check_filling(
            quota,
            [row["number"] for row in pupils],
            frozen.told_pupils(pupils, rows),
            frozen.seat_rules(plan),
            filling.returned,
        )
    )
    counts = {
        "quota": sum(quota.values()),
        "pupils": len(pupils),
        "returned": sum(filling.returned.values()),
        **Counter(row["fate"] for row in rows),
    }
    made = frozen.placements(record, plan, pupils, rows)
    _keep(run, rows, counts, lambda: QuotaPlacement.objects.bulk_create(made, batch_size=BATCH))


def _require_sound(checked: Iterable[Held]) -> None:
    if broken := [held for held in checked if not held.holds]:
        raise QuotaCheckFailed(broken)


def _keep(run: Run, rows: frozen.Rows, counts: dict[str, Any], write: Callable[[], object]) -> None:
    """File, rows and receipt: all of it in one transaction, or nothing."""
    result = canonical_json(rows)
    digest = hashlib.sha256(result).hexdigest()
    receipt = {
        "kind": run.kind,
        "rules_version": run.rules_version,
        "snapshot_sha256": run.snapshot.sha256,
        "counts": counts,
        "result_sha256": digest,
    }
    with transaction.atomic():
        runs.attach(run, {frozen.RESULT: result})
        write()
        runs.finish(run, receipt=receipt, result_sha256=digest)
