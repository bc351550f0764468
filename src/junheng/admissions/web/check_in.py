"""Check-in: a school's desk ticks who came; the officer releases seats and calls up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import Attendance, Letter, Round, RoundRun, RoundSchool, SeatOffer
from junheng.admissions.models.querysets import COUNTY, OFFICERS, READERS, SCHOOL
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.seats import absentees, attended, holders, rooms_of
from junheng.admissions.selectors.second import second_of
from junheng.admissions.selectors.told import reminded, reminded_of_check_in
from junheng.admissions.services import calling_up, checking_in, enrolling
from junheng.admissions.snapshots.waiting import waiting_lists
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.commons import approvals
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal

NUMBER = re.compile(r"[A-Z]{2}-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")
STATES = {**{state.value: state.value for state in Attendance.State}, "undo": ""}
ATTENDANCE_TONES = {"came": "success", "excused": "info"}
OFFER_TONES = {"offered": "info", "accepted": "success", "refused": "plain", "lapsed": "warning"}


@dataclass(frozen=True, slots=True)
class Expected:
    """A child on the list of a desk; the name is masked."""

    number: str
    child: str
    letter: str
    state: str
    words: str
    tone: str


def _published(request: StaffRequest, pk: int) -> tuple[Round, RoundRun]:
    the_round = visible_round(request.user, pk)
    record = published_record(the_round)
    if record is None:
        raise Http404
    return the_round, record


@require_safe
@staff_required(*READERS)
def check_in(request: StaffRequest, pk: int) -> HttpResponse:
    """The schools of a round that somebody may see, and how many have come to each."""
    the_round, record = _published(request, pk)
    schools = list(
        RoundSchool.objects.for_user(request.user).filter(input=record.input_id).order_by("code")
    )
    rooms = rooms_of(record, schools)
    ticked = attended(record, request.user)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "check_in",
        "span": checking_in.time_for_check_in(the_round),
        "schools": [
            (
                one,
                rooms[one.pk],
                *(ticked.get((one.pk, state.value), 0) for state in Attendance.State),
            )
            for one in schools
        ],
        "whole": may_run(request.user, the_round),
        "reminded": reminded_of_check_in(the_round),
    }
    return render(request, "admissions/check_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS | SCHOOL)
def desk_of(request: StaffRequest, pk: int, school: int) -> HttpResponse:
    """The desk of one school: its children, one click each, or several ticked at once."""
    the_round, record = _published(request, pk)
    schools = RoundSchool.objects.for_user(request.user).filter(input=record.input_id)
    found: RoundSchool = get_object_or_404(schools, pk=school)
    if not checking_in.may_tick(request.user, the_round, found):
        raise Http404
    if request.method == "POST":
        _tick(request, the_round, found)
        return redirect(request.get_full_path())
    words = request.GET.get("q", "").strip()
    children = _children(record, found)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "school": found,
        "children": [row for row, name in children if _fits(row, name, words)],
        "q": words,
        "came": sum(row.state == "came" for row, _name in children),
        "all": len(children),
    }
    return render(request, "admissions/desk.html", context)


@require_POST
@staff_required(*OFFICERS | SCHOOL)
def enrol(request: StaffRequest, pk: int, school: int) -> HttpResponse:
    """Enter a school's checked-in children into the register, in one step."""
    the_round, found = _desk(request, pk, school)
    try:
        done = enrolling.enrol_school(the_round, found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        there = done.new + done.went_on
        words = ngettext("%d child is entered.", "%d children are entered.", there)
        messages.success(request, words % there)
        if done.elsewhere:
            messages.warning(request, _elsewhere(done.elsewhere))
    return redirect("admissions:check_in_desk", pk, school)


def _elsewhere(numbers: tuple[str, ...]) -> str:
    return _(
        "Not entered, since the register has these children at a school, or under another name: "
        "%s. Turn the school year first, or ask the bureau for a transfer; then enter them again."
    ) % _(", ").join(numbers)


def _desk(request: StaffRequest, pk: int, school: int) -> tuple[Round, RoundSchool]:
    the_round, record = _published(request, pk)
    schools = RoundSchool.objects.for_user(request.user).filter(input=record.input_id)
    found: RoundSchool = get_object_or_404(schools.select_related("organisation"), pk=school)
    if not checking_in.may_tick(request.user, the_round, found):
        raise Http404
    return the_round, found


def _tick(request: StaffRequest, the_round: Round, school: RoundSchool) -> None:
    """One click names a state and a child; the buttons below name a state for those ticked."""
    state, _sep, one = request.POST.get("tick", "").partition(":")
    numbers = [one] if one else request.POST.getlist("child")
    if state not in STATES or not numbers:
        messages.error(request, _("Tick the children first."))
        return
    try:
        done = checking_in.tick(the_round, school, numbers, STATES[state], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return
    words = ngettext("%d child is written down.", "%d children are written down.", done)
    messages.success(request, words % done)


def _children(record: RoundRun, school: RoundSchool) -> list[tuple[Expected, str]]:
    """Everybody whom the desk expects, with the full name that a search compares with."""
    letters = dict(
        Letter.objects.filter(round=record.round_id, school__code=school.code, end="").values_list(
            "application", "number"
        )
    )
    rows = holders(record, school.code).select_related("attendance").order_by("number")
    return [(_expected(one, letters.get(one.pk, "")), str(one.child_name)) for one in rows]


def _expected(one: Any, letter: str) -> Expected:
    ticked = getattr(one, "attendance", None)
    return Expected(
        number=one.number,
        child=mask_name(one.child_name),
        letter=letter,
        state=ticked.state if ticked else "",
        words=ticked.get_state_display() if ticked else "",
        tone=ATTENDANCE_TONES.get(ticked.state, "plain") if ticked else "plain",
    )


def _fits(row: Expected, name: str, words: str) -> bool:
    """By number, by the address in a letter's QR code, or by the beginning of the name."""
    in_code = NUMBER.search(words.upper())
    if in_code is not None:
        return in_code[0] in (row.number, row.letter)
    return not words or name.startswith(words) or words.upper() in row.number


# --- waiting lists --------------------------------------------------------------------------


class ReleaseForm(forms.Form):
    """Why seats are released."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """A seat that was offered; the name is masked."""

    offer: SeatOffer
    child: str
    tone: str
    reminded_at: datetime | None


def _offers(request: StaffRequest, the_round: Round) -> list[Offered]:
    rows = SeatOffer.objects.for_user(request.user).filter(round=the_round)
    offers = list(rows.select_related("application", "school", "call_up").order_by("-until", "pk"))
    told = reminded(offer.application.number for offer in offers)
    return [
        Offered(
            offer,
            mask_name(offer.application.child_name),
            OFFER_TONES[offer.state],
            told.get(offer.application.number),
        )
        for offer in offers
    ]


@require_safe
@staff_required(*COUNTY)
def waiting(request: StaffRequest, pk: int) -> HttpResponse:
    """Free seats, who waits for them, and what was offered."""
    the_round, record = _published(request, pk)
    lists = waiting_lists(record)
    schools = record.input.schools.order_by("code")
    pending = approvals.waiting_for(f"admissions.round.{the_round.pk}")
    span = checking_in.time_for_check_in(the_round)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "waiting",
        "schools": [
            (one, lists.free[one.code], sum(w.size for w in lists.waiting if one.code in w.schools))
            for one in schools
        ],
        "offers": _offers(request, the_round),
        "absent": absentees(record).count(),
        "span": span,
        "over": span is not None and span.ends_at < timezone.now(),
        "may_run": may_run(request.user, the_round),
        "pending": pending.get(checking_in.RELEASE),
        "form": ReleaseForm(),
        "days": calling_up.DAYS,
        "second": second_of(the_round),
    }
    return render(request, "admissions/waiting.html", context)


@require_POST
@staff_required(*OFFICERS)
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask a second person to release the seats of those who did not come."""
    the_round = round_to_run(request.user, pk)
    try:
        checking_in.ask_to_release(
            the_round, by=request.user, reason=request.POST.get("reason", "")[:200]
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Another person has to agree; then the seats are free."))
    return redirect("admissions:waiting", pk)


@require_POST
@staff_required(*OFFICERS)
def call_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer the free seats to those who come first."""
    the_round = round_to_run(request.user, pk)
    try:
        made = calling_up.call_up(the_round, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        offered = len(made.receipt["calls"])
        words = ngettext("%d seat is offered.", "%d seats are offered.", offered)
        messages.success(request, words % offered)
    return redirect("admissions:waiting", pk)
