"""The yearly return as on any day: page, workbook, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.exports import as_file
from junheng.commons.workbooks import workbook
from junheng.places.facade import OrganisationKind
from junheng.registry.access import READERS, place_kept
from junheng.registry.engine.ratios import RETENTION, Share
from junheng.registry.models.staff import PostKind
from junheng.registry.selectors.returns import SIZES, Resource, YearlyReturn, return_on
from junheng.registry.web.days import day_asked, query_of
from junheng.registry.web.words import LEVEL_NAMES, grade_name, year_name

DASH = "—"
SIZE_WORDS = {
    "standard": gettext_lazy("Within the standard"),
    "near": gettext_lazy("Up to 55"),
    "large": gettext_lazy("56 to 65"),
    "very_large": gettext_lazy("66 and more"),
}
RESOURCE_WORDS = {
    "building_m2": gettext_lazy("Building area per pupil, m²"),
    "sports_m2": gettext_lazy("Sports area per pupil, m²"),
    "books": gettext_lazy("Books per pupil"),
    "equipment_fen": gettext_lazy("Value of equipment per pupil, yuan"),
    "lessons_given": gettext_lazy("Laboratory lessons given"),
    "equipment_used": gettext_lazy("Equipment in use"),
}
COHORT_WORDS = {
    "entered": gettext_lazy("Entered"),
    "stayed": pgettext_lazy("cohort", "Stayed to the end"),
    "joined": pgettext_lazy("cohort", "Joined since"),
    "gone": pgettext_lazy("cohort", "No longer in the cohort"),
}
FEN_A_YUAN = 100


@require_safe
@staff_required(*READERS)
def statistics(request: StaffRequest) -> HttpResponse:
    """The return on a day, every figure a way to its rows."""
    day = day_asked(request)
    found = return_on(request.user, day)
    context = {
        "day": day,
        "today": timezone.localdate(),
        "found": found,
        "kinds": [
            (kind, OrganisationKind(kind).label, *figures, query_of(day, kind=kind))
            for kind, *figures in found.kinds
        ],
        "levels": [_level(row, day) for row in found.levels],
        "staff": [
            (LEVEL_NAMES[_known(line.level)], PostKind(line.kind).label, line, _posts(line, day))
            for line in found.staff
        ],
        "resources": _resources(found),
        "size_words": list(SIZE_WORDS.values()),
        "sizes": _sizes(found, day),
        "retention": _retention(found, day),
        "enrolment": _enrolment(found, day),
        "query": query_of(day),
        "keeps": place_kept(request.user),
    }
    return TemplateResponse(request, "registry/statistics.html", context)


def _known(level: str) -> Any:
    return next(each for each in LEVEL_NAMES if each == level)


def _level(row: Any, day: date) -> dict[str, Any]:
    def query(**more: object) -> str:
        return query_of(day, level=row.level, **more)

    return {
        "name": LEVEL_NAMES[_known(row.level)],
        "row": row,
        "schools": len(row.schools),
        "counted": row.sum("counted"),
        "cells": [
            (row.sum("boys"), query(sex="1")),
            (row.sum("girls"), query(sex="2")),
            (row.sum("untold"), query(sex="0")),
            (row.sum("suspended"), query(state="suspended")),
            (row.sum("dropped_out"), query(state="dropped_out")),
        ],
        "query": query(),
    }


def _posts(line: Any, day: date) -> str:
    return query_of(day, level=line.level, kind=line.kind)


def _resources(found: YearlyReturn) -> list[tuple[Any, list[tuple[str, Resource]]]]:
    """One line for each figure, with a cell for each level."""
    by_name: dict[str, list[tuple[str, Resource]]] = {}
    for _level_name, figures in found.resources:
        for figure in figures:
            by_name.setdefault(figure.name, []).append((shown_resource(figure), figure))
    return [(RESOURCE_WORDS[name], cells) for name, cells in by_name.items()]


def shown_resource(figure: Resource) -> str:
    """A figure of resources as the return prints it."""
    if figure.value is None:
        return DASH
    if figure.name in ("lessons_given", "equipment_used"):
        return f"{figure.share.percent()} %"
    value = figure.value / (FEN_A_YUAN if figure.name == "equipment_fen" else 1)
    return number_format(value, 2, use_l10n=True, force_grouping=True)


def shown_share(share: Share | None) -> str:
    """A share in percent with two places, or a dash."""
    percent = share.percent() if share else None
    return DASH if percent is None else f"{percent} %"


def _sizes(found: YearlyReturn, day: date) -> list[tuple[str, list[tuple[int, str]]]]:
    return [
        (
            grade_name(grade),
            [
                (number, query_of(day, level=level, grade=grade, size=size))
                for size, number in zip(SIZES, counted, strict=True)
            ],
        )
        for level, grade, counted in found.sizes
    ]


def _retention(found: YearlyReturn, day: date) -> list[dict[str, Any]]:
    rows = []
    for level, year, figures in found.retention:
        cells = [
            (words, getattr(figures, name), query_of(day, level=level, cohort=name))
            for name, words in COHORT_WORDS.items()
        ]
        rows.append(
            {
                "name": LEVEL_NAMES[_known(level)],
                "years": RETENTION[_known(level)].years,
                "year": year_name(year),
                "rate": shown_share(figures.rate),
                "own": shown_share(figures.own_rate),
                "cells": cells,
            }
        )
    return rows


def _enrolment(found: YearlyReturn, day: date) -> list[dict[str, Any]]:
    return [
        {
            "name": LEVEL_NAMES[_known(level)],
            "share": share,
            "rate": shown_share(share),
            "query": query_of(day, level=level, aged="1"),
        }
        for level, share in found.enrolment
    ]


@require_safe
@staff_required(*READERS)
def statistics_file(request: StaffRequest) -> HttpResponse:
    """The same as a workbook."""
    day = day_asked(request)
    title = _("Yearly return as on %s") % day.isoformat()
    columns = (_("Part"), _("Level or kind"), pgettext("return", "Figure"), _("Value"))
    rows = list(return_rows(return_on(request.user, day)))
    return as_file(workbook(title, columns, rows, watermark=_watermark(request)), title)


def _watermark(request: HttpRequest) -> str:
    return f"{request.user} {timezone.localtime():%Y-%m-%d %H:%M}"


def return_rows(found: YearlyReturn) -> Iterator[tuple[str, str, str, Any]]:
    """Every figure of the return as a line: part, level or kind, figure, value."""
    for kind, schools, classes, pupils in found.kinds:
        name = str(OrganisationKind(kind).label)
        for words, value in (
            (_("Schools"), schools),
            (_("Classes"), classes),
            (_("Pupils"), pupils),
        ):
            yield _("Schools by kind"), name, words, value
    yield from _level_lines(found)
    for line in found.staff:
        name = f"{LEVEL_NAMES[_known(line.level)]} · {PostKind(line.kind).label}"
        for words, value in (
            (_("Men"), line.men),
            (_("Women"), line.women),
            (_("Sex not told"), line.untold),
            (pgettext("employment", "Permanent"), line.permanent),
        ):
            yield pgettext("school", "Staff"), name, words, value
    yield from _share_lines(found)
    for level, grade, counted in found.sizes:
        for size, number in zip(SIZES, counted, strict=True):
            name = f"{LEVEL_NAMES[_known(level)]} · {grade_name(grade)}"
            yield _("Class sizes"), name, str(SIZE_WORDS[size]), number


def _level_lines(found: YearlyReturn) -> Iterator[tuple[str, str, str, Any]]:
    for row in found.levels:
        name = str(LEVEL_NAMES[_known(row.level)])
        for words, figure in (
            (_("Boys"), "boys"),
            (_("Girls"), "girls"),
            (_("Sex not told"), "untold"),
            (_("In classes that are only counted"), "counted"),
            (_("Pupils"), "pupils"),
            (_("Suspended"), "suspended"),
            (_("Dropped out"), "dropped_out"),
        ):
            yield _("Pupils"), name, words, row.sum(figure)


def _share_lines(found: YearlyReturn) -> Iterator[tuple[str, str, str, Any]]:
    for level, share in found.enrolment:
        yield _("Net enrolment ratio"), str(LEVEL_NAMES[_known(level)]), "%", shown_share(share)
    for level, _year, figures in found.retention:
        name = str(LEVEL_NAMES[_known(level)])
        yield _("Retention"), name, _("Rate of the return"), shown_share(figures.rate)
        yield _("Retention"), name, _("Only who entered here"), shown_share(figures.own_rate)
        for key, words in COHORT_WORDS.items():
            yield _("Retention"), name, str(words), getattr(figures, key)
    for level, resources in found.resources:
        name = str(LEVEL_NAMES[_known(level)])
        for figure in resources:
            yield _("Resources"), name, str(RESOURCE_WORDS[figure.name]), shown_resource(figure)
