"""Pages for everybody: the list of rounds, and all that may be known of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from junheng.admissions.engine.claims import BY_LOTTERY
from junheng.admissions.models import Round, VerificationRules
from junheng.admissions.selectors import public as selectors
from junheng.admissions.selectors.calendar import name_of
from junheng.admissions.selectors.public import PublicRound, State
from junheng.admissions.selectors.public_results import Statistics
from junheng.admissions.web.public_words import rules_in_words
from junheng.admissions.web.tiers import tiers_in_words
from junheng.admissions.web.words import GAP, STATE_TONES, key_in_words, quoted, whole
from junheng.commons.web.kept import kept
from junheng.registry.facade import LEVELS

STEPS = (
    gettext_lazy("Open"),
    gettext_lazy("List frozen"),
    gettext_lazy("Seed drawn"),
    gettext_lazy("Published"),
)
HIDDEN = "·"
TAKEN = 1
"""The phase in which applications are taken."""


@require_safe
@kept(selectors.version_of_all)
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that were opened, newest first."""
    rows = [(row, STATE_TONES[row.state]) for row in selectors.public_rounds()]
    page = render_to_string("admissions/public/rounds.html", {"rows": rows}, request)
    return HttpResponse(page)


@require_safe
@kept(selectors.version_of)
def round_page(request: HttpRequest, code: str, ref: str) -> HttpResponse:
    """Rules, calendar, event, fingerprints, seed and result of one round."""
    the_round = selectors.opened_round(code, ref)
    if the_round is None:  # gone between two queries: nothing that was opened ever is
        raise Http404
    shown = selectors.public_round(the_round)
    context = {
        "round": shown,
        "tone": STATE_TONES[shown.row.state],
        "steps": STEPS,
        "step": step_of(shown),
        "rules": list(rules_in_words(shown.rules, shown.lotteries)),
        **_groups(the_round),
        "level": dict(LEVELS).get(shown.level, shown.level),
        "applications": applications_of(shown),
        "apply_url": apply_url(shown),
        "lists": [
            (one, f"printf '%s\\n' {quoted(one.content)} | sha256sum") for one in shown.lists
        ],
        "contributions": [(one, sha256_of(one.text)) for one in shown.contributions],
        "seed_command": sha256_of(shown.material),
        **_statistics(shown.statistics),
    }
    return HttpResponse(render_to_string("admissions/public/round.html", context, request))


def applications_of(shown: PublicRound) -> tuple[datetime, datetime] | None:
    """From when until when families apply."""
    named = name_of("applications")
    return next(((begins, ends) for name, begins, ends in shown.dates if name == named), None)


def apply_url(shown: PublicRound) -> str:
    """Where families begin, "" while nobody can apply."""
    if shown.row.state != State.OPEN or shown.phase != TAKEN:
        return ""
    try:
        return reverse("apply:start", args=[shown.row.code, shown.row.ref])
    except NoReverseMatch:  # a reference with a slash, from before applications were taken here
        return ""


def _groups(the_round: Round) -> dict[str, object]:
    """The groups that were laid down; a round from files has its tiers there."""
    laid_down = VerificationRules.objects.filter(pk=the_round.pk).first()
    if laid_down is None:
        return {"rows": [], "content": {}}
    return {"rows": tiers_in_words(laid_down.content), "content": laid_down.content}


def step_of(shown: PublicRound) -> int:
    """Where the round stands among the steps; beyond the last once it is published."""
    if shown.published:
        return len(STEPS) + 1
    return 3 if shown.seed else len(shown.lists[:1]) + 1


def sha256_of(text: str) -> str:
    """One line for a shell that gives the SHA-256 of a text."""
    return f"printf %s {quoted(text)} | sha256sum"


def _statistics(statistics: Statistics | None) -> dict[str, object]:
    if statistics is None:
        return {"statistics": None}
    return {
        "statistics": statistics,
        "totals": [
            _figure(value)
            for value in (
                *(statistics.children, statistics.total.seats, statistics.total.by_list),
                *(statistics.total.diverted_in, statistics.unplaced, statistics.total.free),
            )
        ],
        "moved": _figure(statistics.total.moved_out),
        "schools": [
            (
                school,
                _figures((school.seats, school.by_list, school.diverted_in, school.free)),
                _figure(school.moved_out),
                _last(school.last_key, BY_LOTTERY if school.by_lottery else statistics.priority),
            )
            for school in statistics.schools
        ],
    }


def _figures(values: Sequence[int | None]) -> list[str]:
    return [_figure(value) for value in values]


def _figure(value: int | None) -> str:
    return HIDDEN if value is None else whole(value)


def _last(key: str | None, priority: Sequence[str]) -> str:
    if key is None:
        return HIDDEN
    return key_in_words(key, priority) if key else GAP
