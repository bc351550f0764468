"""The result of a run: under way, failed, or with its figures, map and class sizes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from junheng.accounts.facade import StaffRequest, User, staff_required
from junheng.admissions.access import may_run, sees_whole
from junheng.admissions.models import RoundRun
from junheng.admissions.models.querysets import READERS
from junheng.admissions.selectors import results as selectors
from junheng.admissions.selectors.rounds import (
    RunRow,
    job_of,
    outlines_of,
    round_title,
    run_row,
)
from junheng.admissions.web import pictures
from junheng.admissions.web.words import metres, share, whole

FLOWS_SHOWN = 10
LARGE = (
    "run__receipt", "outcome__flows", "outcome__checks", "input__summary", "round__place__outline"
)  # fmt: skip
"""Columns that only one page each reads, or none."""


def visible_run(user: User, ref: str, *, done: bool = True) -> RoundRun:
    """A run that somebody may see, or 404."""
    records = (
        RoundRun.objects.for_user(user)
        .select_related("run__requested_by", "round__place", "input", "outcome")
        .defer(*LARGE)
    )
    wanted = {"run__ref": ref} | ({"run__state": "done"} if done else {})
    found: RoundRun = get_object_or_404(records, **wanted)
    return found


def heading(record: RoundRun, user: User, tab: str) -> dict[str, Any]:
    """What every page of a run shows on top."""
    whole_round = sees_whole(user, record.round)
    return {
        "record": record,
        "round": record.round,
        "run": run_row(record, record.round.input_id, whole=whole_round),
        "title": round_title(record.round),
        "whole": whole_round,
        "tab": tab,
    }


@require_safe
@staff_required(*READERS)
def run(request: StaffRequest, ref: str) -> HttpResponse:
    """The first page of a run, in whatever state it is."""
    record = visible_run(request.user, ref, done=False)
    context = heading(record, request.user, "run")
    row: RunRow = context["run"]
    if not row.done:
        return _unfinished(request, record, context)
    if _asked_alone(request):  # the run ended since: the whole page comes anew, not into itself
        return HttpResponseClientRefresh()
    schools = selectors.schools_of(record, request.user)
    context |= _result(record, request.user, schools, whole_round=context["whole"])
    return TemplateResponse(request, "admissions/run.html", context).render()


def _asked_alone(request: HttpRequest) -> bool:
    """Whether the page asks for its progress only."""
    return bool(getattr(request, "htmx", False)) and request.GET.get("_part") == "progress"


def _unfinished(request: HttpRequest, record: RoundRun, context: dict[str, Any]) -> HttpResponse:
    """How far the run is, or why there is no result; the page asks again by itself."""
    context |= {
        "job": job_of(record.run.ref),
        "may_run": may_run(request.user, record.round),
    }
    asked_alone = _asked_alone(request)
    name = "admissions/run_progress.html" if asked_alone else "admissions/run_unfinished.html"
    response = TemplateResponse(request, name, context).render()
    if asked_alone and not context["run"].under_way:
        response.headers["HX-Refresh"] = "true"
    return response


def _result(
    record: RoundRun, user: User, schools: list[selectors.SchoolRow], *, whole_round: bool
) -> dict[str, Any]:
    figures = selectors.figures_of(record, user, schools, whole=whole_round)
    flows = selectors.flows_of(record, schools)
    sizes = selectors.class_sizes(schools)
    ref = record.run.ref
    return {
        "figures": figures,
        "cards": _cards(ref, figures, whole_round=whole_round),
        "distance": (metres(figures.mean_m), metres(figures.p95_m), metres(figures.most_m)),
        "map": pictures.result_map(ref, schools, flows, outlines_of(s.path for s in schools)),
        "flows": flows[:FLOWS_SHOWN],
        "flows_more": max(0, len(flows) - pictures.FLOWS_DRAWN),
        "sizes": pictures.class_size_chart(sizes),
        "classes": sizes.total(),
        "at_cap": selectors.classes_at_cap(schools),
        "cap": record.input.rules["class_cap"],
        "large": sum(n for size, n in sizes.items() if size >= pictures.LARGE),
        "townships": selectors.townships_of(schools),
        "moved": any(school.moved_out for school in schools),
        "schools_count": len(schools),
    }


def _cards(ref: str, figures: selectors.Figures, *, whole_round: bool) -> list[dict[str, str]]:
    """Key figures, each leading to the rows behind it."""
    children = reverse("admissions:children", args=[ref])
    everybody = _("in this round") if whole_round else ""
    by_list = _("%(choice)s own choice, %(zone)s zone school") % {
        "choice": whole(figures.choice),
        "zone": whole(figures.zone),
    }
    return [
        _card(_("Children"), figures.children, everybody, "users", "primary", children),
        _card(
            _("Seated by list"),
            figures.by_list,
            by_list,
            "school",
            "success",
            f"{children}?how=list",
        ),
        _card(
            _("Diverted"),
            figures.elsewhere,
            _("%s of all children") % share(figures.elsewhere, figures.children),
            "route",
            "warning",
            f"{children}?how=elsewhere",
        ),
        _card(
            _("Without a seat"),
            figures.unplaced,
            _("%s seats are free") % whole(figures.free),
            "alert-triangle" if figures.unplaced else "circle-check",
            "danger" if figures.unplaced else "success",
            f"{children}?how=unplaced",
        ),
    ]


def _card(label: str, value: int, note: str, icon: str, tone: str, href: str) -> dict[str, str]:
    return {
        "label": label,
        "value": whole(value),
        "note": note,
        "icon": icon,
        "tone": tone,
        "href": href,
    }
