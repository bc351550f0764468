"""Reviews: proposed and posted in the village, checked by the township, approved by the county."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import (
    Action,
    CriterionFound,
    Household,
    HouseholdReview,
    ReviewLevel,
    ReviewState,
    ReviewStep,
    VillageList,
)
from junheng.aid.models.reviews import POSTED_DAYS
from junheng.aid.selectors.reviews import criteria_on, objection_case
from junheng.aid.selectors.standing import heads_of, may_follow
from junheng.cases.facade import CaseKind, note, open_case, register_kind
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref
from junheng.places.facade import Place, Role

OBJECTION = "aid.household_objection"
NEXT = {
    ReviewState.POSTED: ReviewLevel.VILLAGE,
    ReviewState.AT_TOWNSHIP: ReviewLevel.TOWNSHIP,
    ReviewState.AT_COUNTY: ReviewLevel.COUNTY,
}
"""Whose turn it is."""


class NoSuchStep(Refusal):
    """The household does not stand where this begins."""


class UnderWay(Refusal):
    """A review of the same status is under way."""


class CriteriaOpen(Refusal):
    """A criterion has no answer, or the answers speak against the proposal."""


class NothingToPost(Refusal):
    """No proposal waits to be posted, or the days are too few."""


class StillPosted(Refusal):
    """The list still hangs in the village."""


class ObjectionOpen(Refusal):
    """Somebody objected and has no answer yet."""


class NotYourTurn(Refusal):
    """Another level, or another person, is next."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a criterion is met, and what shows it."""

    met: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is proposed.

    Attributes:
        kind: Code of the status.
        work_class, cause, category: Of a household that is identified or taken back in.
        words: Why.
    """

    kind: str
    action: str
    words: str
    work_class: str = ""
    cause: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting of a village that looked at proposals, and where its list hangs."""

    met_on: date
    attended: int
    minutes: str
    posted_where: str
    posted_from: date
    days: int = POSTED_DAYS


def offer() -> None:
    """Make the kind of case known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=OBJECTION,
            label=gettext_lazy("Objection to a village list"),
            days=10,
            role=Role.AID_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            readers=frozenset({Role.AID_OFFICER, Role.BUREAU_LEADER, Role.AUDITOR}),
        )
    )


def propose(
    home: Household, wanted: Wanted, found: Mapping[str, Found], *, by: User
) -> HouseholdReview:
    """The village proposes to identify, remove or take back in a household.

    Raises:
        NoSuchStep, UnderWay, CriteriaOpen: If that cannot be proposed now.
    """
    today = timezone.localdate()
    if not may_follow(home, wanted.kind, wanted.action):
        raise NoSuchStep(
            _("%(number)s does not stand where this begins: look at its statuses on the card.")
            % {"number": home.number}
        )
    criteria = [code.code for code in criteria_on(wanted.kind, today)]
    require_criteria(wanted.action, criteria, found)
    try:
        with transaction.atomic():
            made = HouseholdReview.objects.create(
                number=str(Ref.draw("HR", today.year, secrets.randbelow)),
                household=home,
                kind=wanted.kind,
                action=wanted.action,
                words=wanted.words,
                work_class=wanted.work_class,
                cause=wanted.cause,
                category=wanted.category,
                proposed_by=by,
            )
            CriterionFound.objects.bulk_create(
                CriterionFound(
                    review=made, criterion=code, met=found[code].met, evidence=found[code].evidence
                )
                for code in criteria
            )
    except IntegrityError as error:
        raise UnderWay(
            _("A review of the same status of %(number)s is under way; wait for its end.")
            % {"number": home.number}
        ) from error
    return made


def require_criteria(action: str, criteria: Sequence[str], found: Mapping[str, Found]) -> None:
    """Every criterion has an answer with its evidence, and the answers speak for the proposal.

    Raises:
        CriteriaOpen: Otherwise.
    """
    if [code for code in criteria if code not in found or not found[code].evidence]:
        raise CriteriaOpen(_("Answer every criterion and say what shows it."))
    met = [found[code].met for code in criteria]
    if action == Action.REMOVE and not all(met):
        raise CriteriaOpen(_("Only a household that meets every criterion can be removed."))
    if action != Action.REMOVE and criteria and all(met):
        raise CriteriaOpen(_("A household that meets every criterion is not in poverty."))


def post_list(
    village: Place, reviews: Sequence[HouseholdReview], meeting: Meeting, *, by: User
) -> VillageList:
    """Write down what a meeting proposed and posted, with the hash of its text.

    Raises:
        NothingToPost: If there is no proposal, or it would hang for too short.
    """
    if not reviews or meeting.days < POSTED_DAYS or meeting.posted_from < meeting.met_on:
        raise NothingToPost(
            _("Choose proposals, and let the list hang at least %(days)d days after the meeting.")
            % {"days": POSTED_DAYS}
        )
    text = list_text(village, reviews, meeting)
    with transaction.atomic():
        made = VillageList.objects.create(
            village=village,
            met_on=meeting.met_on,
            attended=meeting.attended,
            minutes=meeting.minutes,
            posted_where=meeting.posted_where,
            posted_from=meeting.posted_from,
            posted_to=meeting.posted_from + timedelta(days=meeting.days - 1),
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            posted_by=by,
        )
        for review in reviews:
            review.village_list, review.state = made, ReviewState.POSTED
            review.save(update_fields=["village_list", "state"])
    return made


def list_text(village: Place, reviews: Sequence[HouseholdReview], meeting: Meeting) -> str:
    """What hangs on the wall, in Chinese: masked heads and what is proposed, never why."""
    heads = heads_of([review.household_id for review in reviews])
    with translation.override("zh-hans"):
        lines = [
            _("%(village)s: proposals of the villagers' meeting of %(day)s")
            % {"village": village.name, "day": meeting.met_on.isoformat()}
        ]
        lines += [
            f"{place}. {mask_name(heads.get(review.household_id, ''))} "
            f"{review.get_action_display()} {review.number}"
            for place, review in enumerate(reviews, start=1)
        ]
        lines.append(_("Whoever objects tells the village, the township or the education bureau."))
    return "\n".join(lines)


def object_to(review: HouseholdReview, words: str, *, by: User) -> str:
    """Somebody objects to what was posted: a case, whose number is the answer.

    Raises:
        NotYourTurn: If nothing of it is posted.
    """
    if review.state not in NEXT:
        raise NotYourTurn(_("Objections are taken from the posting until the county decides."))
    case = open_case(
        OBJECTION,
        subject=review.number,
        title=_("Objection to %(number)s") % {"number": review.number},
        path=review.household.village.path,
        by=by,
    )
    note(case.number, words, by=by)
    return case.number


def take_step(
    review: HouseholdReview, *, yes: bool, words: str, paper: str, on: date, by: User
) -> ReviewStep:
    """Whoever is next says yes or no; a yes of the county is the status itself.

    Raises:
        NotYourTurn, StillPosted, ObjectionOpen, CriteriaOpen: If that cannot be said now.
    """
    with transaction.atomic():
        fresh = HouseholdReview.objects.select_for_update().get(pk=review.pk)
        level = NEXT.get(ReviewState(fresh.state))
        if level is None:
            raise NotYourTurn(_("This review is not waiting for anybody's answer."))
        _require_person(fresh, level, by)
        if yes:
            _require_ripe(fresh, level, on)
        try:
            with transaction.atomic():
                return ReviewStep.objects.create(
                    review=fresh, level=level, yes=yes, words=words, paper=paper, on=on, by=by
                )
        except IntegrityError as error:
            raise NotYourTurn(
                _("The database refused this step. Load the page again and look at the dates.")
            ) from error


def withdraw(review: HouseholdReview) -> None:
    """The village takes its proposal back, before it has said yes to it."""
    with transaction.atomic():
        fresh = HouseholdReview.objects.select_for_update().get(pk=review.pk)
        if fresh.state not in (ReviewState.PROPOSED, ReviewState.POSTED):
            raise NotYourTurn(_("It has left the village and cannot be withdrawn any more."))
        fresh.state = ReviewState.WITHDRAWN
        fresh.save(update_fields=["state"])


def _require_person(review: HouseholdReview, level: str, by: User) -> None:
    took_part = set(review.steps.values_list("by", flat=True))
    if level != ReviewLevel.VILLAGE:
        took_part.add(review.proposed_by_id)
    if by.pk in took_part:
        raise NotYourTurn(_("You took part in this review already; another person decides here."))


def _require_ripe(review: HouseholdReview, level: str, on: date) -> None:
    posted = review.village_list
    if posted is None or on <= posted.posted_to:
        raise StillPosted(_("The list hangs in the village until its last day is over."))
    if objection_case(review) is not None:
        raise ObjectionOpen(_("Somebody objected: answer the case first."))
    if level == ReviewLevel.COUNTY:
        criteria = [code.code for code in criteria_on(review.kind, on)]
        found = {row.criterion: Found(row.met, row.evidence) for row in review.findings.all()}
        require_criteria(review.action, criteria, found)
