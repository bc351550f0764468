"""The yearly return as tables: the page, the workbook and the Word document all print these."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.kernel.levels import Level
from junheng.places.facade import OrganisationKind
from junheng.registry.engine.equity import Spread
from junheng.registry.engine.ratios import RETENTION, Share
from junheng.registry.engine.standards import LATEST, PER_HUNDRED, STANDARDS
from junheng.registry.models.staff import Employment, PostKind
from junheng.registry.selectors.returns import SIZES, EquityLine, KindLine, Resource, YearlyReturn
from junheng.registry.web.return_cells import Cell, Line, ReturnTable, to
from junheng.registry.web.return_words import (
    COHORT_WORDS,
    DASH,
    INDICATOR_WORDS,
    RESOURCE_WORDS,
    SIZE_WORDS,
    VERDICTS,
    level_name,
    shown_number,
    shown_resource,
    shown_share,
)
from junheng.registry.web.words import grade_name, year_name


def tables_of(found: YearlyReturn) -> tuple[ReturnTable, ...]:
    """All parts in their order."""
    return (
        _pupils(found),
        _kinds(found),
        _enrolment(found),
        _retention(found),
        _sizes(found),
        _resources(found),
        _equity(found),
        _staff(found),
    )


def fingerprint(found: YearlyReturn) -> str:
    """Sixteen letters that change with any figure: page, workbook and document show the same."""
    with translation.override("en"):
        words = [
            "\t".join((table.title, name, header, str(cell.value)))
            for table in tables_of(found)
            for name, cells in table.lines
            for header, cell in zip(table.headers, cells, strict=True)
        ]
    return hashlib.sha256("\n".join((found.day.isoformat(), *words)).encode()).hexdigest()[:16]


def _pupils(found: YearlyReturn) -> ReturnTable:
    lines: list[Line] = []
    for row in found.levels:

        def pupils(value: int, level: str = row.level, **more: object) -> Cell:
            return Cell(value, to("statistics_pupils", found.day, level=level, **more))

        schools = to("statistics_schools", found.day, level=row.level)
        classes = to("statistics_classes", found.day, level=row.level)
        cells = (
            Cell(row.pupils, schools),
            pupils(row.sum("boys"), sex="1"),
            pupils(row.sum("girls"), sex="2"),
            pupils(row.sum("untold"), sex="0"),
            Cell(row.sum("counted"), classes),
            Cell(row.sum("entrants"), schools),
            pupils(row.sum("suspended"), state="suspended"),
            pupils(row.sum("dropped_out"), state="dropped_out"),
        )
        lines.append((level_name(row.level), cells))
    headers = (_("Pupils"), _("Boys"), _("Girls"), _("Sex not told"), _("Only counted"))
    more = (pgettext("return", "Entrants"), _("Suspended"), _("Dropped out"))
    return ReturnTable(
        _("Pupils by level and sex"),
        _("Level"),
        headers + more,
        tuple(lines),
        _(
            "Of pupils in classes that are only counted, neither sex nor age is known; they are "
            "in the sums and in the figures per pupil. Entrants are the pupils of grades 1 and 7."
        ),
    )


def _kinds(found: YearlyReturn) -> ReturnTable:
    def line(name: str, row: KindLine, **asked: str) -> Line:
        schools = to("statistics_schools", found.day, **asked)
        good = to("statistics_schools", found.day, quality="1", **asked)
        classes = to("statistics_classes", found.day, **asked)
        return name, (
            Cell(row.schools, schools),
            Cell(row.quality, good),
            Cell(shown_share(row.share)),
            Cell(DASH) if row.classes is None else Cell(row.classes, classes),
            Cell(DASH) if row.pupils is None else Cell(row.pupils, schools),
        )

    lines = [line(str(OrganisationKind(r.kind).label), r, kind=r.kind) for r in found.kinds]
    if lines:
        lines.append(line(_("Together"), _together(found.kinds)))
    return ReturnTable(
        _("Schools by kind"),
        _("Kind"),
        (_("Schools"), _("Quality schools"), _("Their share"), _("Classes"), _("Pupils")),
        tuple(lines),
        _("Of kindergartens and vocational schools, only the schools are in this register."),
        _("No school was there on that day."),
        wide=7,
    )


def _together(rows: Sequence[KindLine]) -> KindLine:
    return KindLine(
        "",
        schools=sum(row.schools for row in rows),
        quality=sum(row.quality for row in rows),
        classes=sum(row.classes or 0 for row in rows),
        pupils=sum(row.pupils or 0 for row in rows),
    )


def _retention(found: YearlyReturn) -> ReturnTable:
    lines = []
    for level, year, figures in found.retention:
        cells = tuple(
            Cell(getattr(figures, key), to("statistics_pupils", found.day, level=level, cohort=key))
            for key in COHORT_WORDS
        )
        words = {"level": level_name(level), "year": year_name(year)}
        words["years"] = str(RETENTION[Level(level)].years)
        name = _("%(level)s, %(years)s years from %(year)s") % words
        rates = (Cell(shown_share(figures.rate)), Cell(shown_share(figures.own_rate)))
        lines.append((name, (*cells, *rates)))
    return ReturnTable(
        _("Retention"),
        _("Level"),
        (*map(str, COHORT_WORDS.values()), _("Rate"), _("Without those who joined")),
        tuple(lines),
        _(
            "Rate: all who completed the last year, over all who stood in the entry grade on 30 "
            "September of the first. Who came from outside since counts above the line only, so "
            "the rate can exceed 100 %. Five years are grade 1 to 5, three years grade 7 to 9."
        ),
    )


def _enrolment(found: YearlyReturn) -> ReturnTable:
    return ReturnTable(
        _("Net enrolment ratio"),
        _("Level"),
        (_("At school"), _("Children of that age"), _("Rate")),
        tuple(
            (level_name(level), _of_age(level, share, found.day))
            for level, share in found.enrolment
        ),
        _(
            "Children of 6 to 11 and 12 to 14 years on 31 August. How many there are comes with "
            "an import; without it there is no rate."
        ),
        wide=5,
    )


def _of_age(level: str, share: Share | None, day: date) -> tuple[Cell, ...]:
    if share is None:
        return (Cell(DASH),) * 3
    return (
        Cell(share.part, to("statistics_pupils", day, level=level, aged="1")),
        Cell(share.whole, to("statistics_children", day, level=level)),
        Cell(shown_share(share)),
    )


def _sizes(found: YearlyReturn) -> ReturnTable:
    lines = []
    for level, grade, counted in found.sizes:
        asked = {"level": level, "grade": grade}
        cells = tuple(
            Cell(number, to("statistics_classes", found.day, size=size, **asked) if number else "")
            for size, number in zip(SIZES, counted, strict=True)
        )
        lines.append((grade_name(grade), cells))
    headers = tuple(map(str, SIZE_WORDS.values()))
    note = _("Standard: 45 pupils in primary, 50 in lower secondary schools.")
    return ReturnTable(_("Class sizes"), _("Grade"), headers, tuple(lines), note, wide=7)


def _resources(found: YearlyReturn) -> ReturnTable:
    """One line for each figure, with a cell for each level."""
    by_name: dict[str, list[Cell]] = {}
    for level, figures in found.resources:
        for figure in figures:
            href = to("statistics_schools", found.day, level=level, figure=figure.name)
            cell = Cell(shown_resource(figure), href, _told(figure))
            by_name.setdefault(figure.name, []).append(cell)
    return ReturnTable(
        _("Resources"),
        pgettext("return", "Figure"),
        tuple(level_name(level) for level, _figures in found.resources),
        tuple((str(RESOURCE_WORDS[name]), tuple(cells)) for name, cells in by_name.items()),
        wide=5,
    )


def _told(figure: Resource) -> str:
    if figure.told == figure.schools:
        return ""
    return _("%(told)s of %(all)s schools") % {"told": figure.told, "all": figure.schools}


def _equity(found: YearlyReturn) -> ReturnTable:
    counties = {line.county.pk for line in found.equity}
    lines = [
        each for line in found.equity for each in _spread_lines(line, found.day, len(counties) > 1)
    ]
    headers = (
        _("Mean"),
        pgettext("standard", "Needed"),
        _("Coefficient of variation"),
        _("At most"),
        _("Verdict"),
    )
    return ReturnTable(
        _("Inequality between schools"),
        _("Indicator"),
        headers,
        tuple(lines),
        _("Rules of %(version)s; coefficients of variation weighted by pupils.")
        % {"version": LATEST},
        _("No school was there on that day."),
    )


def _spread_lines(line: EquityLine, day: date, named: bool) -> list[Line]:  # noqa: FBT001
    href = to("equity", day, level=line.level.value, county=line.county.code)
    parts = [line.county.name] * named + [level_name(line.level.value)]
    return [
        (" · ".join([*parts, _indicator(spread)]), _spread(spread, line.level, href))
        for spread in line.spreads
    ]


def _indicator(spread: Spread) -> str:
    per = _("per 100 pupils") if spread.indicator in PER_HUNDRED else _("per pupil")
    return f"{INDICATOR_WORDS[spread.indicator]} {per}"


def _spread(spread: Spread, level: Level, href: str) -> tuple[Cell, ...]:
    needed = STANDARDS[LATEST][level].thresholds[spread.indicator]
    verdict = DASH if spread.within is None else str(VERDICTS[spread.within])
    untold = _("%(n)s schools have not told") % {"n": spread.untold} if spread.untold else ""
    return (
        Cell(shown_number(spread.mean), href),
        Cell(shown_number(needed, 1)),
        Cell(shown_number(spread.cv, 3), href, untold),
        Cell(shown_number(spread.most)),
        Cell(verdict),
    )


def _staff(found: YearlyReturn) -> ReturnTable:
    lines: list[Line] = []
    for row in found.staff:

        def people(value: int, level: str = row.level, kind: str = row.kind, **more: Any) -> Cell:
            return Cell(value, to("staff", found.day, level=level, kind=kind, **more))

        cells = (
            people(row.people),
            people(row.men, sex="1"),
            people(row.women, sex="2"),
            people(row.untold, sex="0"),
            people(row.permanent, employment=Employment.PERMANENT.value),
        )
        lines.append((f"{level_name(row.level)} · {PostKind(row.kind).label}", cells))
    headers = (_("Together"), _("Men"), _("Women"), _("Sex not told"))
    return ReturnTable(
        pgettext("school", "Staff"),
        _("Kind of post"),
        (*headers, pgettext("employment", "Permanent")),
        tuple(lines),
        empty=_("Staff come with an import of the schools' lists."),
    )
