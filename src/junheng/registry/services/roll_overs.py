"""The turn of the year: planned as a dry run, done by two people in one step, and undone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons import runs
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Job, Run
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation, Place
from junheng.registry.access import may_keep
from junheng.registry.engine import roll_over as engine
from junheng.registry.engine.roll_over_types import Plan, Unmoved
from junheng.registry.files import roll_overs as files
from junheng.registry.models import HeldBack, NotMoved, Pupil, RollOver
from junheng.registry.services.movement_checks import turns_from
from junheng.registry.snapshots.roll_overs import frozen

KIND = "registry.roll_over"
CARRYING_OUT = "registry.carry_out_roll_over"
ALIVE = (Job.State.QUEUED, Job.State.RUNNING)
RULES = "1"
NAMED = 5
"""So many pupils are named in a refusal."""
State = RollOver.State
Told = Callable[[int, int, str], None]


class NothingToMove(Refusal):
    """Nobody stands in this school year."""


class OutOfTurn(Refusal):
    """The step does not follow from how things stand."""


class ChangedSince(Refusal):
    """The register is not what it was when the plan was made."""


def untold(_done: int, _total: int, _what: str) -> None:
    """Nobody asks how far it is."""


def request_plan(place: Place, year: SchoolYear, *, by: User) -> RollOver:
    """Begin a plan; one that was made before and not carried out is replaced.

    Raises:
        NotTheirs: If the person does not keep the county's register.
        OutOfTurn: If the turn is being carried out at this moment.
    """
    if not may_keep(by, place.path):
        raise NotTheirs(_("Your post does not cover this step."))
    with transaction.atomic():
        before = RollOver.objects.select_for_update().filter(
            place=place, school_year=year.start, state__in=RollOver.OPEN
        )
        for row in before:
            if row.state == State.UNDER_WAY and not was_given_up(row):
                raise OutOfTurn(
                    _("The turn of the year is being carried out. Wait until it is over.")
                )
            _discard(row)
        made: RollOver = RollOver.objects.create(
            place=place, school_year=year.start, requested_by=by
        )
    return made


def was_given_up(row: RollOver) -> bool:
    """Whether two people agreed to a turn whose job will not be done any more.

    It was cancelled before it began, or its workers died too often. Nothing of it was kept.
    """
    alive = Job.objects.filter(kind=CARRYING_OUT, state__in=ALIVE, args__roll_over=str(row.pk))
    return row.state == State.UNDER_WAY and not alive.exists()


def _discard(row: RollOver) -> None:
    row.state = State.DISCARDED
    row.save(update_fields=["state"])
    row.not_moved.all().delete()


def make_plan(pk: UUID, told: Told = untold) -> None:
    """Work a plan out; again after a kill is safe, and after it was replaced is nothing."""
    row = RollOver.objects.select_related("place", "run__snapshot", "requested_by").get(pk=pk)
    if row.state != State.PLANNING:
        return
    told(0, 4, _("Freezing the register"))
    run = row.run or _run_of(row)
    if not runs.start(run):
        return
    told(1, 4, _("Planning"))
    inputs = files.read(runs.thaw(run.snapshot))
    plan = engine.plan(
        inputs.pupils,
        year=row.school_year,
        offers=inputs.offers,
        regroupings=inputs.regroupings,
        there=inputs.there,
        limits=inputs.limits,
    )
    told(2, 4, _("Writing down who is not moved"))
    _keep(row, plan, files.write(plan, inputs))
    told(4, 4, _("Done"))


def _run_of(row: RollOver) -> Run:
    with transaction.atomic():
        run = runs.request_run(
            kind=KIND,
            matter=f"roll-over {row.pk}",
            snapshot=runs.freeze(KIND, frozen(row.place, row.year)),
            rules_version=RULES,
            seed="",
            by=row.requested_by,
        )
        RollOver.objects.filter(pk=row.pk, run=None).update(run=run)
    row.run = run
    return run


def _keep(row: RollOver, plan: Plan, outputs: Mapping[str, bytes]) -> None:
    """Files, rows and receipt, unless a later plan has replaced this one meanwhile."""
    with transaction.atomic():
        held = RollOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.state != State.PLANNING:
            return
        runs.attach(row.plan_run, outputs)
        _write_unmoved(held, plan.unmoved)
        held.counts, held.refused, held.state = plan.counts, _refused(plan), State.PLANNED
        held.save(update_fields=["counts", "refused", "state"])
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in outputs.items()}
        receipt = {"year": row.school_year, "place": row.place.code, "counts": plan.counts}
        runs.finish(row.plan_run, receipt=receipt | hashes, result_sha256=hashes["moves.csv"])


def _write_unmoved(row: RollOver, unmoved: Iterable[Unmoved]) -> None:
    schools = dict(
        Organisation.objects.filter(path__startswith=row.place.path).values_list("code", "id")
    )
    NotMoved.objects.filter(roll_over=row).delete()
    NotMoved.objects.bulk_create(
        (
            NotMoved(
                roll_over=row,
                pupil_id=UUID(one.pupil),
                organisation_id=schools[one.school],
                grade=one.grade,
                number=one.number,
                why=one.why.value,
                figures=list(one.figures),
            )
            for one in unmoved
        ),
        batch_size=5000,
    )


def _refused(plan: Plan) -> list[dict[str, object]]:
    return [{**each.key._asdict(), "size": each.size, "most": each.most} for each in plan.refused]


def require_plan(row: RollOver) -> None:
    """Make sure that a plan may be carried out: its year is over, nothing changed since.

    Raises:
        OutOfTurn: If it is no plan, moves nobody, or the year is not over.
        ChangedSince: If the register changed, with the pupils' numbers where pupils did.
    """
    if row.state != State.PLANNED:
        raise OutOfTurn(_("There is no plan to be carried out: %s.") % row.get_state_display())
    if not row.counts["moved"] + row.counts["graduated"] + row.counts["held-back"]:
        raise NothingToMove(_("The plan moves nobody."))
    if timezone.localdate() < (first := turns_from(row.year)):
        raise OutOfTurn(
            _("The school year %(year)s can be turned from %(day)s on.")
            % {"year": row.year, "day": date_format(first, "DATE_FORMAT")}
        )
    require_unchanged(row)


def require_unchanged(row: RollOver) -> None:
    then, now = runs.thaw(row.plan_run.snapshot), frozen(row.place, row.year)
    if then == now:
        return
    lines = set(then[files.PUPILS].splitlines()) ^ set(now[files.PUPILS].splitlines())
    pupils = {line.split(b",", 1)[0].decode() for line in lines}
    if not pupils:
        raise ChangedSince(
            _("Schools, classes or their splitting changed since the plan. Make the plan again.")
        )
    raise ChangedSince(
        _("%(count)s pupils changed since the plan: %(numbers)s. Make the plan again.")
        % {"count": len(pupils), "numbers": numbers_of(pupils)}
    )


def numbers_of(pupils: Iterable[str]) -> str:
    """The numbers of a few pupils, for a sentence."""
    named = Pupil.objects.filter(pk__in=list(pupils)).order_by("number")
    numbers = list(named.values_list("number", flat=True)[: NAMED + 1])
    return ", ".join(numbers[:NAMED]) + ("…" if len(numbers) > NAMED else "")


def begin(pk: UUID, *, asked_by: User, approved_by: User) -> RollOver:
    """Write down that two people agreed; the work itself is a job's."""
    with transaction.atomic():
        row = locked(pk)
        require_plan(row)
        row.state, row.asked_by, row.approved_by = State.UNDER_WAY, asked_by, approved_by
        row.save(update_fields=["state", "asked_by", "approved_by"])
    return row


def locked(pk: UUID) -> RollOver:
    """A turn of the year that nobody else changes until the transaction ends."""
    row: RollOver = (
        RollOver.objects.select_for_update(of=("self",)).select_related("place").get(pk=pk)
    )
    return row


def hold_back(pupil: Pupil, year: SchoolYear, *, paper: str, by: User) -> HeldBack:
    """Write down that a pupil stays in its grade at the end of a year.

    Raises:
        NotTheirs: If the person does not keep the register there.
        OutOfTurn: If the pupil does not stand in that year, or it was written down already.
    """
    if not may_keep(by, pupil.organisation.path):
        raise NotTheirs(_("Your post does not cover this step."))
    stands = pupil.standings.open().at_school().filter(school_year=year.start)
    if not stands.exists():
        raise OutOfTurn(
            _("The pupil %(number)s does not stand in %(year)s.")
            % {"number": pupil.number, "year": year}
        )
    row, fresh = HeldBack.objects.get_or_create(
        pupil=pupil, school_year=year.start, defaults={"paper": paper, "entered_by": by}
    )
    if not fresh:
        raise OutOfTurn(_("This was written down already, by the paper %s.") % row.paper)
    return row


def lock_standings() -> None:
    """Let nobody write standings until the transaction ends; everybody may go on reading."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE registry_standing IN SHARE ROW EXCLUSIVE MODE")
