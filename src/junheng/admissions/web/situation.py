"""The leaders' page of a round: applied, checked, waiting, over plan, by school, township, hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.situation import Line, Situation, situation_of
from junheng.admissions.web.finding import visible_round
from junheng.commons.charts import Chart, Series
from junheng.commons.exports import as_file
from junheng.commons.workbooks import workbook
from junheng.registry.facade import RuralEntrants, rural_entrants


@require_safe
@staff_required(*COUNTY)
def situation(request: StaffRequest, pk: int) -> HttpResponse:
    """The daily dispatch and the weekly ranking on one page."""
    the_round = _opened(request, pk)
    shown = situation_of(the_round)
    rural = rural_entrants(the_round.place)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "situation",
        "situation": shown,
        "zero_trips": "–" if shown.board.zero_trips is None else f"{shown.board.zero_trips} %",
        "schools": [(line, _share(line.share)) for line in shown.schools],
        "townships": [(line, _share(line.share)) for line in shown.townships],
        "over": [line for line in shown.schools if line.over],
        "hours": _hours(shown),
        "rural": rural,
        "rural_growth": _growth(rural.growth),
    }
    return TemplateResponse(request, "admissions/situation.html", context)


@require_safe
@staff_required(*COUNTY)
def situation_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    the_round = _opened(request, pk)
    moment = timezone.localtime()
    title = _("Situation of the round %s") % the_round.ref
    columns = (
        *(_("Part"), _("Name"), _("Applied"), _("Checked"), _("Waiting")),
        *(_("Last 7 days"), _("Seats"), _("Over plan")),
    )
    watermark = f"{request.user} {moment:%Y-%m-%d %H:%M}"
    rows = [*_rows(situation_of(the_round)), *_rural_rows(rural_entrants(the_round.place))]
    return as_file(workbook(title, columns, rows, watermark=watermark), title)


def _opened(request: StaffRequest, pk: int) -> Round:
    the_round = visible_round(request.user, pk)
    if the_round.state == Round.State.PLANNED:
        raise Http404
    return the_round


def _rows(shown: Situation) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = [_row(_("Total"), "", shown.total)]
    rows += [_row(_("School"), line.name, line) for line in shown.schools]
    rows += [_row(_("Township"), line.name, line) for line in shown.townships]
    rows += [
        (_("Day"), day.day.isoformat(), day.applied, day.settled, "", "", "", "")
        for day in shown.days
    ]
    rows += [
        (_("Hour"), f"{timezone.localtime(hour):%Y-%m-%d %H:%M}", n, "", "", "", "", "")
        for hour, n in shown.hours
        if n
    ]
    return rows


def _rural_rows(rural: RuralEntrants) -> list[Sequence[Any]]:
    name = _("Entrants of rural lower secondary schools")
    return [(name, str(year), n, "", "", "", "", "") for year, n in rural.years]


def _row(part: str, name: str, line: Line) -> Sequence[Any]:
    seats = line.seats if line.seats is not None else ""
    return (part, name, line.applied, line.passed, line.waiting, line.week, seats, line.over)


def _hours(shown: Situation) -> Chart:
    names = [f"{timezone.localtime(hour):%m-%d %H}" for hour, _n in shown.hours]
    series = [Series(_("Applications"), [n for _hour, n in shown.hours], "primary")]
    return Chart("bar", names, series, x_name=_("Hour"), y_name=_("Applications"))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _growth(value: float | None) -> str:
    return "–" if value is None else f"{value:+.0%}"
