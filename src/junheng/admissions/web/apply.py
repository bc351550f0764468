"""A family applies: one thing per page, each saved, and the number before anything is sent in.

Somebody of staff at a counter goes the same way for a family; both are recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, User, holds, phone_of, to_telephone
from junheng.admissions import jobs
from junheng.admissions.access import ENTERERS, may_enter
from junheng.admissions.models import Application, ApplicationDraft, NoticeText, Round
from junheng.admissions.selectors import applying as selectors
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.second import schools_with_seats
from junheng.admissions.services import applying
from junheng.admissions.services.applying import answers_of
from junheng.admissions.services.notices import newest
from junheng.admissions.services.one_application import AppliedAlready
from junheng.admissions.web.after_result import DONE
from junheng.admissions.web.apply_forms import (
    ChildForm,
    GuardianForm,
    PageForm,
    WishesForm,
)
from junheng.admissions.web.apply_home import HomeForm
from junheng.admissions.web.apply_words import TONES, State, statement_rows
from junheng.admissions.web.ranking import RankForm
from junheng.commons.by_key import ByKey
from junheng.commons.refusals import Refusal

P = ParamSpec("P")
CHECK = "check"
TOO_MANY = 429
FORMS: dict[str, type[PageForm]] = {
    "child": ChildForm,
    "home": HomeForm,
    "guardian": GuardianForm,
    "wishes": WishesForm,
}
STEPS = {
    "child": gettext_lazy("Child"),
    "home": gettext_lazy("Home"),
    "guardian": gettext_lazy("Guardian"),
    "wishes": gettext_lazy("Wishes"),
    CHECK: gettext_lazy("Check"),
}


class TooManyNumbers(Exception):
    """Somebody tried application after application that is none of theirs."""


def applicant_required(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let families in, and those of staff who type in for them; nobody else finds the page."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_telephone(request)
        if request.user.is_employee and not holds(request.user, *ENTERERS):
            raise Http404
        try:
            return view(cast("StaffRequest", request), *args, **kwargs)
        except TooManyNumbers:
            return render(request, "429.html", status=TOO_MANY)

    return never_cache(gate)


@dataclass(frozen=True)
class Journey:
    """Where somebody is in a draft."""

    draft: ApplicationDraft
    answers: dict[str, Any]

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of this draft: wishes only where there is something to choose."""
        second = self.draft.round.second_of_id is not None
        drawn = bool(self.lotteries) and (not self.is_asked or self.draws)
        chooses = len(self.zone) > 1 or drawn or second
        return tuple(name for name in STEPS if name != "wishes" or chooses)

    @property
    def zone(self) -> tuple[tuple[str, str], ...]:
        """The schools of the home's zone, as they were found when it was filled in."""
        return tuple(map(tuple, self.answers.get("home", {}).get("schools", ())))

    @cached_property
    def lotteries(self) -> tuple[tuple[str, str], ...]:
        """The schools that the family may name wherever it lives."""
        return selectors.schools_by_lottery(self.draft.round)

    @property
    def is_asked(self) -> bool:
        """Whether the page of the home asks if such a school is to be named, to spare a page."""
        the_round = self.draft.round
        return the_round.second_of_id is None and not the_round.rules.get("choices_only")

    @property
    def draws(self) -> bool:
        """Whether the family said there that it wants to."""
        return bool(self.answers.get("home", {}).get("lottery"))

    def after(self, page: str) -> str:
        """The page that follows one."""
        return self.pages[self.pages.index(page) + 1]

    def missing(self) -> str:
        """The first page that is not filled in, or the last one."""
        return next((name for name in self.pages if name not in self.answers), CHECK)


draft_of = ByKey(ApplicationDraft, "id", "owner_id")


def _journey(user: User, pk: UUID) -> Journey:
    draft = draft_of(pk, user.pk)
    if draft is None:
        raise Http404
    draft.round = selectors.round_shown(draft.round_id)
    return Journey(draft, answers_of(draft))


@require_safe
@applicant_required
def mine(request: StaffRequest) -> HttpResponse:
    """What a family has begun and submitted, and the rounds that are open."""
    context = {
        "drafts": [
            (draft, answers_of(draft), round_title(draft.round))
            for draft in selectors.drafts_of(request.user)
        ],
        "applications": [
            (application, round_title(application.round), *_badge(application))
            for application in _applications(request.user)
        ],
        "rounds": selectors.rounds_to_apply_to(),
        "by_staff": request.user.is_employee,
    }
    return render(request, "admissions/apply/mine.html", context)


def _applications(user: User) -> list[Application]:
    """A family's own; for a counter what was typed in there by the same person."""
    return selectors.typed_in_by(user) if user.is_employee else selectors.applications_of(user)


def _badge(shown: Application) -> tuple[str, str]:
    """Where an application stands, in a word: its tone and what it says."""
    if shown.round.state in DONE and shown.state != State.WITHDRAWN:
        return "primary", _("result is out")
    return TONES[State(shown.state)], shown.get_state_display()


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def start(request: StaffRequest, code: str, ref: str) -> HttpResponse:
    """What is needed and what is agreed to; agreeing begins a draft."""
    the_round = selectors.round_at(code, ref)
    if the_round is None or (request.user.is_employee and not may_enter(request.user, the_round)):
        raise Http404
    refusal = None
    if request.method == "POST":
        try:
            return redirect("apply:page", _begun(request, the_round).pk, "child")
        except Refusal as told:
            refusal = told
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "notice": newest(NoticeText.Kind.CONSENT),
        "earlier": _earlier(request.user),
        "by_staff": request.user.is_employee,
        "refusal": refusal,
    }
    return render(request, "admissions/apply/start.html", context)


class NotAgreed(Refusal):
    """The notice was not agreed to."""


def _begun(request: StaffRequest, the_round: Round) -> ApplicationDraft:
    if not request.POST.get("agreed"):
        raise NotAgreed(_("Please read the notice and agree to it: without that nothing is kept."))
    draft = applying.begin(the_round, owner=request.user)
    like = request.POST.get("like", "")
    twins = bool(request.POST.get("twins"))
    return applying.fill_in_like(draft, like, twins=twins) if like else draft


def _earlier(user: User) -> list[tuple[str, str]]:
    """Children of the same family, from whom home and guardian can be taken over."""
    if user.is_employee:
        return selectors.just_typed_in(user, timezone.now())
    return selectors.children_of(user)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def page(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """One page of a draft, saved when it is sent."""
    journey = _journey(request.user, pk)
    if name not in journey.pages or name == CHECK:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = _form(journey, name, data, by_staff=request.user.is_employee)
    if name == "guardian":
        form.fields["phone"].initial = phone_of(request.user)
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        if name == "home":
            answers |= _zone(journey.draft.round, answers)
        applying.save_page(journey.draft, name, answers, done=journey.pages.index(name) + 1)
        saved = Journey(journey.draft, {**journey.answers, name: answers})
        wanted = saved.after(name) if saved.missing() == CHECK else saved.missing()
        return redirect("apply:check" if wanted == CHECK else "apply:page", *_to(pk, wanted))
    context = {"form": form, "name": name, "draft": journey.draft, **_steps(journey, name)}
    return render(request, "admissions/apply/page.html", context)


def _to(pk: UUID, name: str) -> tuple[Any, ...]:
    return (pk,) if name == CHECK else (pk, name)


def _zone(the_round: Round, home: Mapping[str, Any]) -> dict[str, Any]:
    found = selectors.zone_of_home(the_round, home["place"], home["address"])
    schools = found.schools if found else ()
    if the_round.second_of_id is not None:
        schools = schools_with_seats(the_round)
    return {"zone": found.code if found else "", "schools": [list(school) for school in schools]}


def _form(journey: Journey, name: str, data: Any, *, by_staff: bool) -> PageForm:
    the_round = journey.draft.round
    extra: dict[str, Any] = {}
    if name == "home" and journey.is_asked:
        extra["lotteries"] = journey.lotteries
    if name == "guardian":
        extra["schools"] = selectors.schools_to_name(the_round)
        extra["by_staff"] = by_staff
    if name == "wishes":
        extra["schools"], extra["lotteries"] = journey.zone, journey.lotteries
        extra["choices_only"] = bool(the_round.rules.get("choices_only"))
    made_as = FORMS[name]
    if name == "wishes" and the_round.second_of_id is not None:
        made_as, extra = RankForm, {"schools": schools_with_seats(the_round)}
    form = made_as(data, path=the_round.path, **extra)
    if data is None:
        drawn = journey.answers.get("drawn", {})
        form.initial = form.typed(journey.answers.get(name) or drawn.get(name, {}))
    return form


def _steps(journey: Journey, name: str) -> dict[str, Any]:
    pages = journey.pages
    place = pages.index(name)
    return {
        "steps": [STEPS[one] for one in pages],
        "step": place + 1,
        "back": pages[place - 1] if place else "",
        "title": round_title(journey.draft.round),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def check(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Everything once more, the declaration, and the submission: twice is once."""
    if request.method == "POST" and request.POST.get("declared"):
        return _submitted(request, pk)
    journey = _journey(request.user, pk)
    if (missing := journey.missing()) != CHECK:
        return redirect("apply:page", pk, missing)
    return _checked(request, journey, None, undeclared=request.method == "POST")


def _checked(
    request: StaffRequest, journey: Journey, refusal: Refusal | None, *, undeclared: bool = False
) -> HttpResponse:
    context = {
        "draft": journey.draft,
        "said": statement_rows(journey.answers, schools=_names(journey)),
        "by_staff": request.user.is_employee,
        "declaration": newest(NoticeText.Kind.DECLARATION),
        "refusal": refusal,
        "undeclared": undeclared,
        "number": getattr(refusal, "number", ""),
        **_steps(journey, CHECK),
    }
    return render(request, "admissions/apply/check.html", context)


def _names(journey: Journey) -> dict[str, str]:
    """Names of schools, where the page has to name one."""
    named = journey.answers.get("guardian", {}).get("sibling_school")
    return dict(selectors.schools_to_name(journey.draft.round)) if named else {}


def _submitted(request: StaffRequest, pk: UUID) -> HttpResponse:
    try:
        made = applying.submit(pk, owner=request.user)
    except ApplicationDraft.DoesNotExist:
        raise Http404 from None
    except (AppliedAlready, Refusal) as refusal:
        return _checked(request, _journey(request.user, pk), refusal)
    jobs.check_soon(request.user)
    return redirect("apply:application", made.number)


@require_POST
@applicant_required
def drop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Throw a draft away."""
    _journey(request.user, pk).draft.delete()
    messages.success(request, _("What you had filled in is deleted."))
    return redirect("apply:mine")
