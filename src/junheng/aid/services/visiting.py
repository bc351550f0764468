"""Visits to flagged households: the family is heard, another person decides, hit by hit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import Role, User
from junheng.aid.access import may_decide_visit, may_visit
from junheng.aid.models import HouseholdVisit
from junheng.aid.models.checks import REPLY_DAYS
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.cases.facade import CaseKind, case_of, note, open_case, register_kind, settle
from junheng.commons.refusals import Refusal

CASE = "aid.household_visit"
Outcome = HouseholdVisit.Outcome


class NotTheirVisit(Refusal):
    """Somebody visits or decides nothing there."""


class NotHeard(Refusal):
    """The family was not heard, or its days to answer are not over."""


class IsDecided(Refusal):
    """The visit is over."""


class DecidesAlone(Refusal):
    """Whoever visited does not decide."""


class NotJudged(Refusal):
    """Each hit is judged, and the outcome follows from what holds."""


def offer() -> None:
    """Make the kind of case known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Visit to a flagged household"),
            days=REPLY_DAYS,
            role=Role.VILLAGE_OFFICER,
            escalates_to=(Role.TOWNSHIP_OFFICER, Role.AID_OFFICER),
            page=page_of,
            closes_by_owner=True,
            readers=SEES_HOUSEHOLDS,
        )
    )


def page_of(number: str) -> str:
    """Where a visit is written down and decided."""
    return reverse("aid:household_visit", args=[number])


def open_visit_case(visit: HouseholdVisit, *, by: User | None) -> None:
    """The case of a visit that begins, at the village."""
    open_case(
        CASE,
        subject=visit.number,
        title=_("Visit %(number)s to household %(home)s")
        % {"number": visit.number, "home": visit.household.number},
        path=visit.household.village.path,
        by=by,
    )


def hear(
    visit: HouseholdVisit, *, on: date, met: bool, said: str, seen: str, by: User
) -> HouseholdVisit:
    """Write down a visit: what the family said, and what was seen.

    Args:
        visit: Which.
        on: The day of the visit.
        met: Whether somebody of the family was spoken with.
        said: What they said; where nobody was met, what was tried.
        seen: What whoever visited saw.
        by: Who visited.

    Raises:
        NotTheirVisit, IsDecided, NotHeard: If that cannot be written down now.
    """
    if not said.strip():
        raise NotHeard(_("Write down what the family said, or what was tried to reach it."))
    with transaction.atomic():
        row = _open(visit)
        if not may_visit(by, row.household.village.path):
            raise NotTheirVisit(_("Village and township write down visits to their households."))
        if row.heard_on is not None:
            raise IsDecided(_("The visit of %(day)s is written down.") % {"day": row.heard_on})
        if not met and timezone.localdate() < waits_until(row):
            raise NotHeard(
                _("The family has until %(day)s to answer. Visit it again.")
                % {"day": row.reply_until}
            )
        row.heard_on, row.met, row.heard_by = on, met, by
        row.said, row.seen = said.strip(), seen.strip() or None
        row.save(update_fields=["heard_on", "met", "heard_by", "said", "seen"])
        _note(row, _("Visited on %(day)s.") % {"day": on}, by)
    return row


def waits_until(visit: HouseholdVisit) -> date:
    """From when on a visit at which nobody was met may be written down."""
    return timezone.localdate(visit.opened_at) + timedelta(days=REPLY_DAYS)


def reply(visit: HouseholdVisit, words: str) -> HouseholdVisit:
    """The family answers by itself; a later answer takes the place of an earlier one.

    Raises:
        NotHeard: Without words.
        IsDecided: If the visit is over.
    """
    if not words.strip():
        raise NotHeard(_("Say what is so, and what is not."))
    with transaction.atomic():
        row = _open(visit)
        row.reply, row.replied_at = words.strip(), timezone.now()
        row.save(update_fields=["reply", "replied_at"])
        _note(row, _("The family answered by itself."), None)
    return row


def decide(
    visit: HouseholdVisit, *, outcome: str, wrong: Mapping[UUID, bool], words: str, by: User
) -> HouseholdVisit:
    """Judge every hit and say whether the household stays; another person than who visited.

    Args:
        visit: Which.
        outcome: `stays`, or `remove`: then the village may propose it to the three levels.
        wrong: Of each hit by its key, whether the flag was wrong.
        words: Why.
        by: Who decides.

    Raises:
        NotTheirVisit, IsDecided, NotHeard, DecidesAlone, NotJudged: If it cannot be decided so.
    """
    with transaction.atomic():
        row = _open(visit)
        _require_decider(row, by)
        hits = list(row.hits.select_for_update(of=("self",)))
        if not words.strip() or any(hit.pk not in wrong for hit in hits):
            raise NotJudged(_("Judge every hit, and say why it is decided so."))
        if outcome not in Outcome.values or (outcome == Outcome.REMOVE and all(wrong.values())):
            raise NotJudged(_("Where every flag was wrong the household stays."))
        for hit in hits:
            hit.wrong = wrong[hit.pk]
            hit.save(update_fields=["wrong"])
        row.outcome, row.words, row.decided_by = outcome, words.strip(), by
        row.decided_at = timezone.now()
        row.save(update_fields=["outcome", "words", "decided_by", "decided_at"])
        if (case := case_of(CASE, row.number)) is not None:
            settle(case.number, outcome=outcome, words=str(row.get_outcome_display()), by=by)
    return row


def _require_decider(row: HouseholdVisit, by: User) -> None:
    if not may_decide_visit(by, row.household.village.path):
        raise NotTheirVisit(_("The township or the bureau decides about a visit."))
    if row.heard_on is None:
        raise NotHeard(_("The family was not heard yet: the visit comes first."))
    if row.heard_by_id == by.pk:
        raise DecidesAlone(_("You visited the household; another person decides."))


def _open(visit: HouseholdVisit) -> HouseholdVisit:
    rows = HouseholdVisit.objects.select_for_update(of=("self",))
    row: HouseholdVisit = rows.select_related("household__village").get(pk=visit.pk)
    if row.outcome:
        raise IsDecided(_("The visit %(number)s is decided already.") % {"number": row.number})
    return row


def _note(row: HouseholdVisit, words: str, by: User | None) -> None:
    """In the case, that something happened; what was said stands sealed on the visit's page."""
    if (case := case_of(CASE, row.number)) is not None:
        note(case.number, words, by=by)
