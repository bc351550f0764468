"""An application on the family's page: where it stands, why, and what comes next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, User
from junheng.admissions import jobs
from junheng.admissions.access import may_enter_for
from junheng.admissions.engine.statement import Statement
from junheng.admissions.models import Application, RoundDate, Verification
from junheng.admissions.selectors.applying import calendar_shown
from junheng.admissions.selectors.materials import papers_proving
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import applying, claiming, reviewing
from junheng.admissions.services.applications import last_digits, statement_of
from junheng.admissions.services.look_up import as_given_out
from junheng.admissions.services.on_roster import in_place_of
from junheng.admissions.services.photos import takes_photos
from junheng.admissions.services.verifying import subject_of
from junheng.admissions.web.after_result import after_result
from junheng.admissions.web.apply import TooManyNumbers, applicant_required
from junheng.admissions.web.apply_forms import ChildForm, GuardianForm, PageForm
from junheng.admissions.web.apply_home import HomeForm
from junheng.admissions.web.apply_words import TONES, WALK, is_open, next_of, reason_words
from junheng.commons import brakes
from junheng.commons.made_once import made_once
from junheng.commons.refusals import Refusal

WRONG_NUMBERS, WINDOW = 10, timedelta(minutes=10)
log = structlog.get_logger(__name__)
State = Application.State


def own_application(request: StaffRequest, number: str) -> Application:
    """An application of the family, or one that was typed in at this person's counter.

    A roster's application becomes a family's when it first looks with the telephone named in it.

    Raises:
        Http404: For any other number, whether there is one or not.
        TooManyNumbers: After ten of them within ten minutes; one's own opens all the same.
    """
    user, wanted = request.user, as_given_out(number)
    if user.is_employee:
        found = _typed_in(user, wanted)
    else:
        found = next(iter(_of_family(user.pk, wanted)), None)
    if found is None and not user.is_employee:
        found = claiming.claim(number, by=user)
    if found is None:
        _count_wrong(user.pk)
        raise Http404
    return found


@made_once
def _of_family(person: int, number: str) -> QuerySet[Application]:
    mine = Application.objects.of_family(User(pk=person))
    return mine.filter(number=number).select_related("round__place")


def _typed_in(user: User, number: str) -> Application | None:
    rows = Application.objects.select_related("round__place", "entered_by")
    found: Application | None = rows.filter(number=number).first()
    return found if found is not None and may_enter_for(user, found) else None


def _count_wrong(person: int) -> None:
    """Counted only where it was wrong: what is one's own costs one question, however often."""
    if brakes.take("apply.number", str(person), most=WRONG_NUMBERS, within=WINDOW) is None:
        log.warning("many wrong application numbers", user=person)
        raise TooManyNumbers


@require_safe
@applicant_required
def application(request: StaffRequest, number: str) -> HttpResponse:
    """The receipt at first, and later everything that became of it."""
    shown = own_application(request, number)
    newest = _newest_of(shown)
    dates = calendar_shown(shown.round_id)
    context = {
        "application": shown,
        "title": round_title(shown.round),
        "tone": TONES[State(shown.state)],
        "state_tone": TONES[State(shown.state)],
        "walk": WALK,
        "at": 1 if shown.state != State.PASSED else 2,
        "next": next_of(
            shown,
            freeze=_moment(dates.get(RoundDate.What.FREEZE)),
            publication=_moment(dates.get(RoundDate.What.PUBLICATION)),
        ),
        "reasons": [reason_words(one) for one in newest.reasons] if newest else [],
        "words": newest.words if newest else "",
        "own_instead": in_place_of(shown),
        "digits": "" if shown.phone else last_digits("", statement_of(shown)),
        "can_withdraw": shown.round.state == "open" and shown.state != State.WITHDRAWN,
        "can_correct": shown.state == State.ASKED,
        "papers": _papers(shown, newest),
        "photos": subject_of(shown),
        "can_add": takes_photos(shown),
        **after_result(shown),
    }
    return render(request, "admissions/apply/application.html", context)


def _papers(shown: Application, newest: Verification | None) -> list[tuple[str, str]]:
    """Which papers prove what is still missing, by the round's own list."""
    if shown.state != State.ASKED or newest is None:
        return []
    missing = [one["figures"].get("proof", "") for one in newest.reasons if is_open(one)]
    return papers_proving(shown.round, missing)


def _newest_of(application: Application) -> Verification | None:
    """What the last checking came to; nobody has looked at what was just received."""
    if application.state == State.RECEIVED:
        return None
    found: Verification | None = (
        Verification.objects.filter(application=application).order_by("-id").first()
    )
    return found


def _moment(value: datetime | None) -> str:
    return str(formats.date_format(timezone.localtime(value), "DATE_FORMAT")) if value else ""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def complete(request: StaffRequest, number: str) -> HttpResponse:
    """Everything that was asked for, on one page and once."""
    shown = own_application(request, number)
    told = statement_of(shown)
    if shown.state != State.ASKED or told is None:
        return redirect("apply:application", shown.number)
    forms = _asked(shown, told, request.POST if request.method == "POST" else None)
    sound = [form.is_valid() for form in forms.values()]  # every form says what is wrong with it
    if request.method == "POST" and all(sound):
        try:
            reviewing.complete(shown, {name: pages_of(form) for name, form in forms.items()})
        except Refusal as refusal:
            forms["child"].add_error(None, str(refusal))
        else:
            jobs.check_soon(request.user)
            messages.success(request, _("Thank you. It is checked again."))
            return redirect("apply:application", shown.number)
    newest = shown.verifications.order_by("-id").first()
    context = {
        "application": shown,
        "title": round_title(shown.round),
        "forms": forms.items(),
        "photos": subject_of(shown),
        "words": newest.words if newest else "",
        "reasons": [reason_words(one) for one in newest.reasons if is_open(one)] if newest else [],
        "papers": _papers(shown, newest),
    }
    return render(request, "admissions/apply/complete.html", context)


OF_GUARDIAN = ("name", "relation", "document", "number")


def pages_of(form: PageForm) -> dict[str, Any]:
    """What a form says; of the guardian only what may be put right here."""
    answers = form.answers()
    return {k: answers[k] for k in OF_GUARDIAN} if isinstance(form, GuardianForm) else answers


def _asked(shown: Application, told: Statement, data: Any) -> dict[str, PageForm]:
    kept = told.as_json()
    forms: dict[str, PageForm] = {}
    for name, form in (("home", HomeForm), ("child", ChildForm), ("guardian", GuardianForm)):
        made = form(data, path=shown.round.path, prefix=name)
        if data is None:
            made.initial = made.typed(kept[name])
        forms[name] = made
    for field in ("phone", "sibling", "sibling_school"):
        del forms["guardian"].fields[field]
    return forms


@require_POST
@applicant_required
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """Take the application back."""
    shown = own_application(request, number)
    try:
        applying.withdraw(shown)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The application is taken back."))
    return redirect("apply:application", shown.number)
