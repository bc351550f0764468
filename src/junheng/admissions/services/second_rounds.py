"""A second round: what the first one left over, for children who have no seat and ask again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.access import may_run
from junheng.admissions.engine.calendar import GRACE
from junheng.admissions.engine.standard_rules import STANDARD
from junheng.admissions.models import (
    AnswerPeriod,
    Objection,
    PlannedIntake,
    Round,
    RoundRun,
    VerificationRules,
)
from junheng.admissions.selectors.second import Left, seats_left, second_of, without_seat
from junheng.admissions.services import enlisting, making
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log, require
from junheng.admissions.services.checking_in import time_for_check_in
from junheng.admissions.services.deciding import require_settled
from junheng.admissions.services.issuing import result_of
from junheng.admissions.services.making import Announced
from junheng.admissions.services.objecting import time_for_objections
from junheng.commons.approvals import NotTheirs
from junheng.commons.refusals import Refusal

FIGURES = ("code", "name", "township", "classes", "class_size", "class_cap", "reserved", "path")


class FollowedAlready(OutOfTurn):
    """The round has its second round."""


class NothingLeft(Refusal):
    """No school has a seat left, or no child is without one."""


def require_over(the_round: Round) -> RoundRun:
    """Make sure that a second round may follow: check-in and objections of the first are over.

    Raises:
        OutOfTurn: If the first is no published first round, or something of it is not over.
        FollowedAlready: If it has a second round.
    """
    if the_round.second_of_id is not None:
        raise OutOfTurn(_("This is a second round; no third one follows it."))
    record = require_settled(the_round)
    if second_of(the_round) is not None:
        raise FollowedAlready(_("This round has its second round."))
    now = timezone.now()
    check_in, objections = time_for_check_in(the_round), time_for_objections(the_round)
    if check_in is None or check_in.ends_at >= now:
        raise OutOfTurn(_("A second round follows after the end of check-in."))
    if objections is None or objections.ends_at + GRACE >= now:
        raise OutOfTurn(_("A second round follows when the time for objections is over."))
    if Objection.objects.filter(round=the_round, state=Objection.State.OPEN).exists():
        raise OutOfTurn(_("Answer the open objections first."))
    if AnswerPeriod.objects.filter(run=record).exists():
        raise OutOfTurn(_("Families were asked about offers. Take their answers in first."))
    return record


def hold(first: Round, ref: str, *, newcomers: bool, by: User) -> Round:
    """Make the second round of a published one, planned with the seats that are left.

    Its rules are those of the first, but that only schools that a family asks for count. Event,
    calendar and text are set and opened by two people, as in every round.

    Args:
        first: The round before.
        ref: What the second one is called.
        newcomers: Whether families who came late may apply, too.
        by: The officer.

    Raises:
        NotTheirs: If the person does not run rounds there.
        OutOfTurn, FollowedAlready: If it cannot follow yet.
        NothingLeft: If no seat is left, or every child has one.
        RoundExists: If the county has a round of this name.
    """
    if not may_run(by, first):
        raise NotTheirs(_("Your post does not cover this step."))
    with transaction.atomic():
        held = locked(first.pk)
        record = require_over(held)
        left = seats_left(record)
        if not any(one.left for one in left):
            raise NothingLeft(_("No school has a seat left."))
        if not newcomers and not without_seat(record).exists():
            raise NothingLeft(_("Every child has a seat."))
        said = Announced(held.policy, held.born_from, held.born_by)
        made = making.make_round(held.place, _sections(held, ref), said, by=by, second_of=held)
        _plan(made, record, left)
        if newcomers:
            _take_newcomers(made, held)
        log(held, Deed.FOLLOWED, by=by, ref=ref, seats=sum(one.left for one in left))
    return made


def _sections(first: Round, ref: str) -> making.Sections:
    """The first round's rules; what families did not ask for does not count, no grade moves."""
    rules = {**first.rules, "choices_only": True}
    if rules["mode"] == "grade":
        version = rules["version"] if rules.get("by_lottery") else 1
        rules |= {"mode": "none", "version": version, "max_distance_m": None}
    return enlisting.sections_of(ref, first.year, first.level, rules)


def _plan(made: Round, record: RoundRun, left: list[Left]) -> None:
    """Seats that are gone stand in the plan as continuing pupils: they sit in the same classes."""
    seats = {one.code: one.left for one in left}
    rows = []
    for school in record.input.schools.order_by("code"):
        facts = {name: getattr(school, name) for name in FIGURES}
        gone = school.seats - seats[school.code]
        rows.append(
            PlannedIntake(
                round=made,
                continuing=school.continuing + gone,
                seats=seats[school.code],
                **facts,
            )
        )
    PlannedIntake.objects.bulk_create(rows, batch_size=500)


def _take_newcomers(made: Round, first: Round) -> None:
    earlier = VerificationRules.objects.filter(round=first).first()
    content = earlier.content if earlier else STANDARD
    VerificationRules.objects.create(round=made, content=content)


def plan_again(the_round: Round, *, by: User) -> int:
    """Lay the plan of a planned second round down anew, with what is left now.

    Returns:
        How many seats are left.

    Raises:
        OutOfTurn: If it is no second round, or open already.
    """
    with transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        if held.second_of_id is None:
            raise OutOfTurn(_("This is no second round."))
        record = result_of(locked(held.second_of_id))
        left = seats_left(record)
        held.plan.all().delete()
        _plan(held, record, left)
        seats = sum(one.left for one in left)
        log(held, Deed.PLANNED, by=by, seats=seats)
    return seats
