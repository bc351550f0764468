"""The yearly report on personal data of minors: counts, purposes, access, incidents, requests.

Source: Regulation on the protection of minors online, Art. 37 (yearly compliance audit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.utils.translation import gettext as _

from junheng.accounts.selectors import readings_by_office
from junheng.commons import personal, retention
from junheng.commons.models import DataIncident, DataRequest, Erasure, PersonalField
from junheng.commons.personal import Census
from junheng.commons.workbooks import workbook

CHILDREN = (PersonalField.About.CHILD, PersonalField.About.GUARDIAN)


@dataclass(frozen=True, slots=True)
class RightFigures:
    """Requests of one kind in a year; days are working time between asking and the answer."""

    right: str
    asked: int
    done: int
    refused: int
    late: int
    days: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the yearly report says, below a path."""

    year: int
    census: Census
    fields: tuple[PersonalField, ...]
    offices: tuple[tuple[str, int, int], ...]
    incidents: tuple[DataIncident, ...]
    rights: tuple[RightFigures, ...]
    erased: tuple[tuple[str, int], ...]


def report_of(year: int, path: str) -> Report:
    """The report of a year."""
    fields = PersonalField.objects.filter(about__in=CHILDREN, valid_to=None).order_by("key")
    incidents = DataIncident.objects.filter(path__startswith=path, happened_on__year=year)
    return Report(
        year=year,
        census=personal.census_of(year, path),
        fields=tuple(fields),
        offices=tuple(readings_by_office(path, year)),
        incidents=tuple(incidents),
        rights=tuple(_rights(year, path)),
        erased=tuple(_erased(year, path)),
    )


def _rights(year: int, path: str) -> list[RightFigures]:
    waited = ExpressionWrapper(F("answered_at") - F("asked_at"), output_field=DurationField())
    rows = DataRequest.objects.filter(path__startswith=path, asked_at__year=year).order_by()
    counted: Any = rows.values("right").annotate(
        asked=Count("pk"),
        done=Count("pk", filter=Q(state="done")),
        refused=Count("pk", filter=Q(state="refused")),
        late=Count("pk", filter=Q(answered_at__date__gt=F("due_on"))),
        waited=Avg(waited),
    )
    by_right = {row.pop("right"): row for row in counted}
    nothing = {"asked": 0, "done": 0, "refused": 0, "late": 0, "waited": None}
    return [_figures(right, by_right.get(right, nothing)) for right in DataRequest.Right]


def _figures(right: DataRequest.Right, row: dict[str, Any]) -> RightFigures:
    counts = {name: row[name] for name in ("asked", "done", "refused", "late")}
    return RightFigures(right=str(right.label), days=_days(row["waited"]), **counts)


def _days(waited: timedelta | None) -> float | None:
    return round(waited.total_seconds() / 86_400, 1) if waited is not None else None


def _erased(year: int, path: str) -> list[tuple[str, int]]:
    """Those of the whole house, such as sign-ins, belong to no place and stand in each report."""
    here = Q(path__startswith=path) | Q(path="")
    rows = Erasure.objects.filter(here, at__year=year).order_by("kind")
    titles = retention.titles()
    counted = rows.values_list("kind").annotate(n=Sum("count"))
    return [(titles.get(kind, kind), n) for kind, n in counted]


def as_workbook(report: Report, *, watermark: str) -> bytes:
    """The report as one sheet of lines, for the authority."""
    title = _("Personal data of minors %(year)s") % {"year": report.year}
    columns = (_("Part"), _("What"), _("Figure"), _("Remark"))
    return workbook(title, columns, _lines(report), watermark=watermark)


def _lines(report: Report) -> list[Sequence[Any]]:
    counts = _("Children")
    lines: list[Sequence[Any]] = [
        (counts, _("Under 14"), report.census.under_14, ""),
        (counts, _("14 to 17"), report.census.from_14_to_17, ""),
        (counts, _("Age unknown"), report.census.unknown, ""),
    ]
    lines += [
        (
            _("Purposes"),
            f"{personal.said(row.what)} ({row.key})",
            personal.said(row.purpose),
            " · ".join((personal.said(row.basis), personal.said(row.recipients))),
        )
        for row in report.fields
    ]
    lines += [
        (_("Access by staff"), office, readings, _("%d people") % people)
        for office, readings, people in report.offices
    ]
    lines += [
        (
            _("Requests"),
            row.right,
            row.asked,
            _("done %(done)d, late %(late)d, days %(days)s")
            % {
                "done": row.done,
                "late": row.late,
                "days": row.days if row.days is not None else "–",
            },
        )
        for row in report.rights
    ]
    lines += [
        (_("Incidents"), row.what, row.children, f"{row.happened_on} {row.measures}")
        for row in report.incidents
    ]
    lines += [(_("Deleted when due"), kind, count, "") for kind, count in report.erased]
    return lines
