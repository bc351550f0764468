"""Tables that come into a plan of quota seats: senior schools, lower schools, pupils."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from junheng.accounts.facade import holds
from junheng.admissions.models import (
    QuotaCandidate,
    QuotaPlan,
    QuotaSchool,
    SelectiveSchool,
)
from junheng.admissions.models.querysets import OFFICERS
from junheng.commons.imports import Importer, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Column, Table, Values, Wrong, header_of
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Organisation

POINTS = re.compile(r"\d{1,4}(\.\d{1,2})?")
MOST_SEATS, MOST_YEARS = 20_000, 6
CHOICES = ("choice_1", "choice_2", "choice_3", "choice_4")
BATCH = 2_000


def _points(text: str) -> Wrong | None:
    if POINTS.fullmatch(text):
        return None
    return Wrong(
        _("“%(value)s” is not a number of points."),
        _("Write it like 650 or 650.5; leave the cell blank if there is none."),
        {"value": text},
    )


def _up_to(most: int) -> Any:
    def check(value: int) -> Wrong | None:
        if 0 <= value <= most:
            return None
        return Wrong(
            _("%(value)s is not between %(least)s and %(most)s."),
            "",
            {"value": value, "least": 0, "most": most},
        )

    return check


class QuotaImporter(Importer):
    """An import into the plan that its target names, once: the earlier one is taken back first."""

    target_keys: ClassVar[tuple[str, ...]] = ("quota",)
    model: ClassVar[Any]

    def may(self, user: Any, target: Target) -> bool:
        plan = plan_of(target)
        return plan is not None and holds(user, *OFFICERS, at=plan.path)

    def path(self, target: Target) -> str:
        plan = plan_of(target)
        return plan.path if plan else ""

    def where(self, target: Target) -> str:
        plan = plan_of(target)
        return f"{plan.place.name} {plan.year}" if plan else ""

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        plan = plan_of(target)
        if plan is None:
            return []
        if self.model.objects.filter(plan=plan).exists():
            return [
                self._fault(
                    rows,
                    rows.numbers[0] if rows.numbers else 1,
                    self.columns[0].name,
                    _("This plan has such a table already."),
                    _("Take the earlier import back first."),
                )
            ]
        return list(self.faults(plan, values, rows))

    def faults(self, plan: QuotaPlan, values: Values, rows: Table) -> Iterator[Fault]:
        """What is wrong with sound rows together, or with what the plan knows already."""
        return iter(())

    def apply(self, values: Values, batch: ImportBatch) -> None:
        plan = QuotaPlan.objects.select_related("place").get(pk=int(batch.target["quota"]))
        made = self.rows(plan, values)
        for row in made:
            row.plan, row.batch = plan, batch
        self.model.objects.bulk_create(made, batch_size=BATCH)

    def rows(self, plan: QuotaPlan, values: Values) -> Sequence[Any]:
        """Rows of the table, unsaved."""
        raise NotImplementedError

    def undo(self, batch: ImportBatch) -> None:
        """Runs keep their own frozen copy, so nothing needs these rows any more."""
        self.model.objects.filter(batch=batch).delete()

    def _fault(
        self, rows: Table, row: int, column: str, message: str, fix: str = "", **figures: object
    ) -> Fault:
        header = next(header_of(c, rows) or str(c.title) for c in self.columns if c.name == column)
        return fault(rows.name, row, header, message, fix, **figures)


def plan_of(target: Target) -> QuotaPlan | None:
    """The plan of an import, if there is one."""
    key = target.get("quota", "")
    plans = QuotaPlan.objects.select_related("place")
    found: QuotaPlan | None = plans.filter(pk=int(key)).first() if key.isdigit() else None
    return found


class SelectiveImporter(QuotaImporter):
    """Selective senior secondary schools with seats and lines."""

    kind: ClassVar[str] = "admissions.quota_seniors"
    title = gettext_lazy("Selective senior secondary schools")
    model = SelectiveSchool
    columns = (
        Column(
            "code",
            gettext_lazy("Code of the senior school"),
            required=True,
            kind="identifier",
            unique=True,
            example="3199000001",
        ),
        Column("name", gettext_lazy("Senior secondary school"), required=True, example="云淮一中"),
        Column(
            "seats",
            gettext_lazy("Seats in the plan"),
            required=True,
            kind="integer",
            check=_up_to(MOST_SEATS),
            note=gettext_lazy("All seats of the plan; the share of quota seats is in the rule."),
            example="1200",
        ),
        Column(
            "line",
            gettext_lazy("Lowest score"),
            check=_points,
            note=gettext_lazy("Nobody below it gets a quota seat. Blank: there is no line."),
            example="600",
        ),
    )

    def rows(self, plan: QuotaPlan, values: Values) -> Sequence[Any]:
        return [
            SelectiveSchool(
                code=row["code"],
                name=row["name"],
                seats=row["seats"],
                line=_decimal(row["line"]),
            )
            for row in values
        ]


class SendingImporter(QuotaImporter):
    """Lower secondary schools with their third-year pupils."""

    kind: ClassVar[str] = "admissions.quota_schools"
    title = gettext_lazy("Lower secondary schools and third-year pupils")
    model = QuotaSchool
    columns = (
        Column(
            "code",
            gettext_lazy("School code"),
            required=True,
            kind="identifier",
            unique=True,
            example="2199000001",
        ),
        Column("name", gettext_lazy("School"), required=True, example="云淮二中"),
        Column(
            "pupils",
            gettext_lazy("Third-year pupils"),
            required=True,
            kind="integer",
            check=_up_to(MOST_SEATS),
            note=gettext_lazy("On the day that the rule names, as in the enrolment records."),
            example="643",
        ),
    )

    def rows(self, plan: QuotaPlan, values: Values) -> Sequence[Any]:
        codes = [row["code"] for row in values]
        known = Organisation.objects.filter(code__in=codes, path__startswith=plan.path)
        paths = dict(known.values_list("code", "path"))
        return [
            QuotaSchool(
                code=row["code"],
                name=row["name"],
                pupils=row["pupils"],
                path=paths.get(row["code"], plan.path),
            )
            for row in values
        ]


class CandidateImporter(QuotaImporter):
    """Pupils who want quota seats, with scores and choices."""

    kind: ClassVar[str] = "admissions.quota_pupils"
    title = gettext_lazy("Pupils who want quota seats")
    model = QuotaCandidate
    columns = (
        Column(
            "number",
            gettext_lazy("Examination number"),
            required=True,
            kind="identifier",
            unique=True,
            note=gettext_lazy("No names: the examination office knows who is behind a number."),
            example="990100260001",
        ),
        Column(
            "school_code",
            gettext_lazy("School code"),
            required=True,
            kind="identifier",
            example="2199000001",
        ),
        Column(
            "score",
            gettext_lazy("Score"),
            check=_points,
            note=gettext_lazy("Blank: not known yet; the pupil then stays undecided."),
            example="652.5",
        ),
        Column(
            "tie",
            gettext_lazy("Tie score"),
            check=_points,
            note=gettext_lazy("Decides between equal scores, such as the sum of three subjects."),
            example="331",
        ),
        Column(
            "years",
            gettext_lazy("Years at the school"),
            required=True,
            kind="integer",
            check=_up_to(MOST_YEARS),
            note=gettext_lazy("Whole school years with the enrolment record at this school."),
            example="3",
        ),
        *(
            Column(
                name,
                gettext_lazy("Choice %d") % place,
                kind="identifier",
                required=place == 1,
                note=gettext_lazy("Code of a senior school."),
                example="3199000001" if place == 1 else "",
            )
            for place, name in enumerate(CHOICES, start=1)
        ),
    )

    def faults(self, plan: QuotaPlan, values: Values, rows: Table) -> Iterator[Fault]:
        seniors = set(plan.selectiveschool_set.values_list("code", flat=True))
        schools = set(plan.quotaschool_set.values_list("code", flat=True))
        for number, value in zip(rows.numbers, values, strict=True):
            if value["school_code"] not in schools:
                yield self._fault(
                    rows,
                    number,
                    "school_code",
                    _("There is no school “%(code)s” in this plan."),
                    _("Bring in the lower secondary schools first, or correct the code."),
                    code=value["school_code"],
                )
            yield from self._choices(rows, number, value, seniors)

    def _choices(
        self, rows: Table, number: int, value: dict[str, Any], seniors: set[str]
    ) -> Iterator[Fault]:
        seen: set[str] = set()
        for name in CHOICES:
            code = value[name]
            if code and code not in seniors:
                yield self._fault(
                    rows,
                    number,
                    name,
                    _("There is no senior school “%(code)s” in this plan."),
                    _("Correct the code, or leave the cell blank."),
                    code=code,
                )
            elif code and code in seen:
                yield self._fault(
                    rows, number, name, _("The same choice stands twice in this row.")
                )
            seen.add(code or "")

    def rows(self, plan: QuotaPlan, values: Values) -> Sequence[Any]:
        return [
            QuotaCandidate(
                number=row["number"],
                school_code=row["school_code"],
                score=_decimal(row["score"]),
                tie=_decimal(row["tie"]) or Decimal(0),
                years=row["years"],
                choices=[row[name] for name in CHOICES if row[name]],
            )
            for row in values
        ]


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


IMPORTERS = (SelectiveImporter, SendingImporter, CandidateImporter)
