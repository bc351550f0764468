"""A family applies: begun with its consent, saved page by page, submitted once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User, family_of_phone
from junheng.admissions.engine import statement as stated
from junheng.admissions.engine.calendar import GRACE, Span, Standing, standing
from junheng.admissions.engine.clauses import Entrant, clauses_of, unmet
from junheng.admissions.engine.statement import Statement
from junheng.admissions.models import (
    Application,
    ApplicationDraft,
    NoticeText,
    Round,
    RoundDate,
    VerificationRules,
)
from junheng.admissions.selectors.lotteries import lotteries_of
from junheng.admissions.services import on_roster, photos, review_cases
from junheng.admissions.services.applications import child_key, last_digits, look_up_key
from junheng.admissions.services.notices import newest
from junheng.admissions.services.one_application import code_of, named_by_roster, new_code
from junheng.admissions.services.telling import tell_received
from junheng.commons.briefly import briefly
from junheng.commons.by_key import ByKey
from junheng.commons.made_once import Insertion, Update, made_once
from junheng.commons.refusals import Refusal
from junheng.kernel.mobile import NotMobile
from junheng.kernel.ref import Ref
from junheng.places.facade import place_by_code

NUMBER = "AP"
OF_THE_ZONE = ("zone", "schools", "village", "lottery")
"""What is found out of a home, or opens the page of wishes: not stated."""
Channel = Application.Channel


class NotOpen(Refusal):
    """Applications are not taken in now."""


class Unfinished(Refusal):
    """A page of the application is missing."""


class NotDue(Refusal):
    """The child's age is not that of the round."""


def begin(the_round: Round, *, owner: User, now: datetime | None = None) -> ApplicationDraft:
    """Begin an application, once the guardian has agreed to the notice on personal data.

    Raises:
        NotOpen: Before the first and after the last moment for applications.
    """
    moment = now or timezone.now()
    require_open(the_round, moment)
    if not _is_checked_here(the_round.pk):
        if the_round.second_of_id is not None:
            raise NotOpen(_("In this round only children of the first round take part."))
        raise NotOpen(_("In this round applications are taken in at the schools and the bureau."))
    draft = ApplicationDraft(
        round=the_round,
        owner=owner,
        answers="{}",
        consent=newest(NoticeText.Kind.CONSENT),
        consented_at=moment,
        began_at=moment,
        saved_at=moment,
    )
    new_draft(draft)
    return draft


new_draft = Insertion(ApplicationDraft)
new_application = Insertion(Application)
page_saved = Update(ApplicationDraft, "answers", "done", "saved_at")


@briefly
def _is_checked_here(round_id: int) -> bool | None:
    """Whether a round has rules for what families state; they are laid down once."""
    return VerificationRules.objects.filter(pk=round_id).exists() or None


dates_of = ByKey(RoundDate, "round_id", "what")


def require_open(the_round: Round, now: datetime, *, began_at: datetime | None = None) -> None:
    """Make sure that applications are taken in; one that was begun in time has its grace.

    Raises:
        NotOpen: If they are not; it says from when to when they are.
    """
    dates = dates_of(the_round.pk, RoundDate.What.APPLICATIONS.value)
    if the_round.state == Round.State.OPEN and dates is not None:
        span = Span(dates.what, dates.begins_at, dates.ends_at)
        stands = standing(span, now, grace=GRACE)
        if stands is Standing.ON:
            return
        if stands is Standing.GRACE and began_at is not None and began_at <= dates.ends_at:
            return
    raise NotOpen(_when(dates))


def _when(dates: RoundDate | None) -> str:
    if dates is None:
        return _("Applications are not taken in now.")
    begins, ends = (timezone.localtime(moment) for moment in (dates.begins_at, dates.ends_at))
    form = "%Y-%m-%d %H:%M"
    figures = {"from": begins.strftime(form), "until": ends.strftime(form)}
    return _("Applications are taken in from %(from)s until %(until)s.") % figures


def answers_of(draft: ApplicationDraft) -> dict[str, Any]:
    """What was filled in, by page."""
    answers: dict[str, Any] = json.loads(str(draft.answers))
    return answers


def fill_in(draft: ApplicationDraft, told: Statement) -> ApplicationDraft:
    """Fill every page in at once, as a program does that knows the whole statement."""
    plain = told.as_json()
    beside = {name: plain.pop(name) for name in ("sibling", "sibling_school")}
    plain["guardian"] |= beside
    plain["wishes"] = {"schools": plain["wishes"]}
    draft.answers = json.dumps(plain, ensure_ascii=False)
    draft.save(update_fields=["answers"])
    return draft


def fill_in_like(draft: ApplicationDraft, number: str, *, twins: bool = False) -> ApplicationDraft:
    """Take home and guardian over from an application of the same family, if there is one.

    Args:
        draft: A new one.
        number: Of the earlier application: the family's own, or typed in by the same person.
        twins: Whether both children must go to one school.
    """
    whose = "entered_by" if draft.owner.is_employee else "family"
    mine = Application.objects.filter(**{whose: draft.owner_id}, number=number)
    other = mine.exclude(statement=None).first()
    if other is None:
        return draft
    told = json.loads(str(other.statement))
    kept = {"home": told["home"], "guardian": told["guardian"]}
    for name in ("sibling", "sibling_school"):
        kept["guardian"][name] = told.get(name, "")
    if twins:  # they are seated together, so they wish for the same
        kept["wishes"] = {"schools": told["wishes"]}
        kept["home"]["lottery"] = bool(lotteries_of(draft.round).keys() & set(told["wishes"]))
    drawn = {"drawn": kept, "together": number if twins else ""}
    draft.answers = json.dumps(drawn, ensure_ascii=False)
    draft.save(update_fields=["answers"])
    return draft


def statement_of(answers: Mapping[str, Any]) -> Statement:
    """What the pages say together.

    Raises:
        Unfinished: If a page is missing.
    """
    try:
        guardian = dict(answers["guardian"])
        home = {name: value for name, value in answers["home"].items() if name not in OF_THE_ZONE}
        beside = {name: guardian.pop(name, "") for name in ("sibling", "sibling_school")}
        wishes = answers.get("wishes", {}).get("schools", ())
        together = answers.get("together", "")
        whole = {"child": answers["child"], "home": home, "guardian": guardian, **beside}
        return stated.read({**whole, "wishes": wishes, "together": together})
    except (KeyError, TypeError) as gap:
        raise Unfinished(_("A page is not filled in yet.")) from gap


def save_page(
    draft: ApplicationDraft, page: str, answers: Mapping[str, Any], *, done: int
) -> ApplicationDraft:
    """Keep a page; the same page again takes the place of what it said before."""
    kept = answers_of(draft)
    if page == "home" and _choice(kept.get("home", {})) != _choice(answers):
        kept.pop("wishes", None)  # they were among other schools
    draft.answers = json.dumps({**kept, page: dict(answers)}, ensure_ascii=False)
    draft.done, draft.saved_at = max(draft.done, done), timezone.now()
    page_saved(draft)
    return draft


def _choice(home: Mapping[str, Any]) -> tuple[Any, bool]:
    """Among which schools a home lets a family wish."""
    return home.get("schools"), bool(home.get("lottery"))


def submit(
    draft_id: UUID, *, owner: User, family: User | None = None, now: datetime | None = None
) -> Application:
    """Make an application of a draft; a second time finds the first one.

    Args:
        draft_id: Which draft.
        owner: Who filled it in; nobody else submits it.
        family: The family's account, where somebody of staff typed it in; by default that of the
            guardian's telephone.
        now: The moment; by default the server's.

    Raises:
        ApplicationDraft.DoesNotExist: If there is neither draft nor application of theirs.
        Unfinished, NotOpen, NotDue, AppliedAlready: In the family's words.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        draft = next(iter(_locked(draft_id, owner.pk)), None)
        if draft is None:
            return _submitted(draft_id, owner)
        require_open(draft.round, moment, began_at=draft.began_at)
        told = statement_of(answers_of(draft))
        require_due(draft.round, told)
        reported = named_by_roster(draft.round, told)
        made = _application(draft, told, reported, owner=owner, family=family, now=moment)
        if reported is not None:
            on_roster.give_way(reported)
        new_application(made)
        tie_together(made, told.together)
        draft.delete()
        tell_received(made)
    return made


@made_once
def _locked(draft: UUID, owner: int) -> QuerySet[ApplicationDraft]:
    rows = ApplicationDraft.objects.select_for_update(of=("self",)).select_related("round")
    return rows.filter(pk=draft, owner=owner)


def _submitted(draft_id: UUID, owner: User) -> Application:
    mine = Application.objects.filter(pk=draft_id)
    found: Application | None = (mine.filter(family=owner) | mine.filter(entered_by=owner)).first()
    if found is None:
        raise ApplicationDraft.DoesNotExist
    return found


def require_due(the_round: Round, told: Statement) -> None:
    """Make sure that the child is due this year.

    Raises:
        NotDue: With the round's days.
    """
    days = {"born": told.child.born_on, "by": the_round.born_by, "from": the_round.born_from}
    clauses = clauses_of(the_round.born_from, the_round.born_by)
    for clause in unmet(Entrant(told.child.born_on), clauses):
        raise NotDue(_(clause.sentence) % days)


def _application(
    draft: ApplicationDraft,
    told: Statement,
    reported: Application | None,
    *,
    owner: User,
    family: User | None,
    now: datetime,
) -> Application:
    key = child_key(told)
    code = code_of(draft.round, key) or (reported.code if reported else new_code())
    number = str(Ref.draw(NUMBER, draft.round.year, secrets.randbelow))
    by_staff = owner.is_employee
    if by_staff and family is None:
        family = _family_at(told.guardian.phone)
    return Application(
        id=draft.pk,
        round=draft.round,
        number=number,
        code=code,
        state=Application.State.RECEIVED,
        channel=Channel.CLERK if by_staff else Channel.FAMILY,
        family=family if by_staff else owner,
        entered_by=owner if by_staff else None,
        child_name=told.child.name,
        guardian_name=told.guardian.name,
        phone=told.guardian.phone,
        look_up=look_up_key(number, last_digits(told.guardian.phone, told)),
        statement=json.dumps(told.as_json(), ensure_ascii=False),
        child_key=key,
        born_on=told.child.born_on,
        consent_id=draft.consent_id,
        consented_at=draft.consented_at,
        declaration=newest(NoticeText.Kind.DECLARATION),
        began_at=draft.began_at,
        submitted_at=now,
        wishes=list(told.wishes),
        path=place_by_code(told.home.place).path,
    )


def _family_at(phone: str) -> User | None:
    """The account of a mobile telephone; none for a fixed line, or where there is no telephone."""
    with suppress(NotMobile):
        return family_of_phone(phone)
    return None


def tie_together(application: Application, number: str) -> None:
    """Twins who must go to one school: both get the group of the one who was there first."""
    if not number:
        return
    held = Application.objects.exclude(state=Application.State.WITHDRAWN)
    held = held.filter(round=application.round_id, number=number, family=application.family_id)
    if application.family_id is None:  # without a telephone: typed in by the same person
        held = held.filter(entered_by=application.entered_by_id)
    twin = held.first()
    if twin is None or twin.pk == application.pk:
        return
    application.group = twin.group or twin.number
    application.save(update_fields=["group"])
    if not twin.group:
        twin.group = application.group
        twin.save(update_fields=["group"])


def withdraw(application: Application) -> None:
    """Take an application and its photos back before the list is frozen; the child keeps its code.

    Raises:
        NotOpen: If the list is frozen.
    """
    with transaction.atomic():
        held = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        if held.round.state != Round.State.OPEN:
            raise NotOpen(_("The list of this round is frozen, so nothing can be taken back."))
        if held.state != Application.State.WITHDRAWN:
            held.state = Application.State.WITHDRAWN
            held.save(update_fields=["state"])
            photos.forget(held)
            words = _("The family took the application back.")
            review_cases.settle_for(held, review_cases.BY_THE_FAMILY, words, None)
