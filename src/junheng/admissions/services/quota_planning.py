"""A plan of quota seats: made, changed until its shares are published, and publishing by two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import QuotaPlan, QuotaRun
from junheng.admissions.services import for_two
from junheng.admissions.snapshots.quotas import files_of
from junheng.commons import approvals, runs
from junheng.commons.models import Approval, Run
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place

Stage = QuotaRun.Stage
PUBLISH = "admissions.publish_quota"
KIND = "admissions.quota"


class PlannedAlready(Refusal):
    """The county has a plan for this year."""


class SharesArePublished(Refusal):
    """The rule of the shares cannot be changed under a published result."""


class CannotPublishThis(Refusal):
    """The run is not one that may be published now."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a plan says.

    Attributes:
        permille: Share of the planned seats that are quota seats, in thousandths.
        years: So many whole years at the school are needed.
        unfilled: Where seats go that a school could not fill.
        basis: The document that says so.
    """

    permille: int
    years: int
    unfilled: str
    basis: str


def matter_of(plan: QuotaPlan, stage: str) -> str:
    """What a run of the plan decides: shares and seats are published one by one."""
    return f"{KIND}.{plan.pk}.{stage}"


def make_plan(place: Place, year: int, rule: Rule) -> QuotaPlan:
    """Begin the plan of a year.

    Raises:
        PlannedAlready: If there is one.
    """
    try:
        with transaction.atomic():
            made: QuotaPlan = QuotaPlan.objects.create(
                place=place, year=year, path=place.path, **asdict(rule)
            )
    except IntegrityError as error:
        told = _("%(place)s has a plan of quota seats for %(year)s already.")
        raise PlannedAlready(told % {"place": place.name, "year": year}) from error
    return made


def change_plan(plan: QuotaPlan, rule: Rule) -> QuotaPlan:
    """Change what a plan says.

    Raises:
        SharesArePublished: If shares are published: they bind the bureau.
    """
    with transaction.atomic():
        held: QuotaPlan = QuotaPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if published_run(held, Stage.SHARES) is not None:
            raise SharesArePublished(
                _("The shares of this plan are published, so its rule stays as it is.")
            )
        for name, value in asdict(rule).items():
            setattr(held, name, value)
        held.save()
    return held


def published_run(plan: QuotaPlan, stage: str) -> QuotaRun | None:
    """The run of a stage that is published now."""
    found: QuotaRun | None = (
        QuotaRun.objects.select_related("run")
        .filter(
            plan=plan,
            stage=stage,
            run__published_at__isnull=False,
            run__superseded_at__isnull=True,
        )
        .first()
    )
    return found


def ask_to_publish(record: QuotaRun, *, by: User) -> Approval:
    """Ask a second person to publish a run.

    Raises:
        AlreadyAsked: If it waits already.
        CannotPublishThis: If it is not one that may be published.
        NotTheirs: If the person's post does not cover it.
    """
    plan = record.plan
    titles = {
        Stage.SHARES: _("Publish the shares of the quota seats of %s"),
        Stage.FILLING: _("Publish how the quota seats of %s were filled"),
    }
    return approvals.ask(
        PUBLISH,
        matter=matter_of(plan, record.stage),
        path=plan.path,
        by=by,
        payload={"run": record.pk},
        title=titles[Stage(record.stage)] % plan.year,
        url=reverse("admissions:quota_run", args=[record.run.ref]),
    )


def _record(approval: Approval) -> QuotaRun:
    found: QuotaRun = QuotaRun.objects.select_related(
        "run__snapshot", "plan__place", "shares__run"
    ).get(pk=approval.payload["run"])
    return found


def _check(approval: Approval) -> None:
    record = _record(approval)
    if record.run.state != Run.State.DONE or record.run.published_at is not None:
        raise CannotPublishThis(
            _("The run %s is not done, or was published already.") % record.run.ref
        )
    if record.shares is not None and record.shares.run.superseded_at is not None:
        raise CannotPublishThis(
            _("Other shares were published since. Fill the seats again on those.")
        )
    if files_of(record.plan, record.shares) != runs.thaw(record.run.snapshot):
        raise CannotPublishThis(
            _("Rule or tables of the plan were changed since this run. Run again, then publish.")
        )


def _carry_out(approval: Approval) -> None:
    if approval.decided_by is not None:  # the step is taken with the second person's yes
        runs.publish(_record(approval).run, approval.decided_by)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    record = _record(approval)
    counts = (record.run.receipt or {}).get("counts", {})
    yield _("Run"), record.run.ref
    yield _("Quota seats"), counts.get("quota", 0)
    if record.stage == Stage.FILLING:
        yield _("Filled by the own school"), counts.get("own", 0)
        yield _("Filled by other schools"), counts.get("others", 0)
        yield _("Back to the open admission"), counts.get("returned", 0)
        yield _("Undecided: no score"), counts.get("undecided", 0)
    else:
        yield _("Schools"), counts.get("schools", 0)
        yield _("Third-year pupils"), counts.get("pupils", 0)


def register() -> None:
    """Make the step known to the pages of approvals."""
    title = gettext_lazy("Publish quota seats")
    for_two.register(PUBLISH, title, check=_check, carry_out=_carry_out, facts=_facts)
