"""The roster: who stands behind the codes of a round, loaded apart from its files and sealed."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from junheng.admissions.engine.clauses import Entrant, clauses_of, unmet
from junheng.admissions.models import Application, Letter, Round, RoundApplicant
from junheng.admissions.services import on_roster
from junheng.admissions.services.applications import look_up_key
from junheng.admissions.services.round_imports import RoundImporter, round_of
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Column, Table, Values, Wrong, header_of
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.ref import NotRef, Ref

KIND = "admissions.roster"
NUMBER = "AP"
PHONE = re.compile(r"1\d{10}")
OPEN_STATES = (Round.State.PLANNED, Round.State.OPEN)


def _phone(text: str) -> Wrong | None:
    if PHONE.fullmatch(text):
        return None
    return Wrong(_("“%(value)s” is no mobile number."), _("Eleven digits."), {"value": text})


def _number(text: str) -> Wrong | None:
    try:
        Ref.parse(text)
    except NotRef:
        return Wrong(
            _("“%(value)s” is not an application number."),
            _("Compare it with the paper, or leave it blank: a number is then given out."),
            {"value": text},
        )
    return None


COLUMNS = (
    Column(
        "applicant_id",
        gettext_lazy("Child's code"),
        required=True,
        kind="identifier",
        unique=True,
        note=gettext_lazy("As in the round's files."),
        example="k7Qm2xV9dR4pZs",
    ),
    Column("child_name", gettext_lazy("Child's name"), required=True, example="王小涵"),
    Column("born_on", gettext_lazy("Born on"), required=True, kind="date", example="2020-03-14"),
    Column("guardian_name", gettext_lazy("Guardian's name"), required=True, example="王大明"),
    Column(
        "phone",
        gettext_lazy("Guardian's mobile number"),
        required=True,
        kind="identifier",
        check=_phone,
        example="13800000000",
    ),
    Column(
        "deferral_paper",
        gettext_lazy("Paper for deferred entry"),
        note=gettext_lazy("Only for a child who was due earlier: issuer and number."),
    ),
    Column(
        "number",
        gettext_lazy("Application number"),
        kind="identifier",
        unique=True,
        check=_number,
        note=gettext_lazy("Blank: one is given out."),
    ),
)


class RosterImporter(RoundImporter):
    """Names and telephones for the codes of one round."""

    kind: ClassVar[str] = KIND
    title = gettext_lazy("Roster of a round")
    columns = COLUMNS

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        the_round = round_of(target)
        if the_round is None:
            return []
        return list(_Faults(the_round, rows, values).of(values))

    def apply(self, values: Values, batch: ImportBatch) -> None:
        the_round = Round.objects.get(pk=int(batch.target["round"]))
        paths = _paths(the_round)
        Application.objects.bulk_create(
            (_application(the_round, row, paths[row["applicant_id"]], batch) for row in values),
            batch_size=1000,
        )

    def undo(self, batch: ImportBatch) -> None:
        if Letter.objects.filter(application__batch=batch).exists():
            raise CannotUndo(str(gettext_lazy("Letters were printed for these children.")))
        Application.objects.filter(batch=batch).delete()


def fill(the_round: Round, rows: Values) -> int:
    """Write sound rows without a file, as the demo does; children who have one keep theirs.

    Returns:
        How many applications were made.
    """
    known = set(the_round.applications.values_list("code", flat=True))
    paths = _paths(the_round)
    fresh = [row for row in rows if row["applicant_id"] not in known]
    Application.objects.bulk_create(
        (_application(the_round, row, paths[row["applicant_id"]], None) for row in fresh),
        batch_size=1000,
    )
    return len(fresh)


class _Faults:
    """What is wrong with sound rows together, or with what the round knows already."""

    def __init__(self, the_round: Round, rows: Table, values: Values) -> None:
        self.the_round, self.rows = the_round, rows
        self.headers = {c.name: header_of(c, rows) or str(c.title) for c in COLUMNS}
        self.codes = set(_paths(the_round))
        self.taken = set(the_round.applications.values_list("code", flat=True))
        self.clauses = clauses_of(the_round.born_from, the_round.born_by)
        self.own = _own(the_round, values)

    def of(self, values: Values) -> Iterator[Fault]:
        if self.the_round.state not in OPEN_STATES:
            yield self._fault(
                self.rows.numbers[0] if self.rows.numbers else 1,
                "applicant_id",
                _("The list of this round is frozen, so its roster is closed."),
            )
            return
        used = self._used(values)
        for row, value in zip(self.rows.numbers, values, strict=True):
            yield from self._of_row(row, value, used)

    def _of_row(self, row: int, value: dict[str, Any], used: set[str]) -> Iterator[Fault]:
        code = value["applicant_id"]
        if code not in self.codes:
            yield self._fault(
                row,
                "applicant_id",
                _("There is no child “%(code)s” in the round."),
                _("Load the round's files first, or correct the code."),
                code=code,
            )
        elif code in self.taken:
            yield self._fault(
                row,
                "applicant_id",
                _("The child “%(code)s” has an application already."),
                _("Take the earlier import back first."),
                code=code,
            )
        elif (number := self._applied(value)) is not None:
            yield self._fault(
                row,
                "applicant_id",
                _("The family of “%(code)s” has applied itself: %(number)s."),
                _("Take the row out of the roster, and the child out of the round's files."),
                code=code,
                number=number,
            )
        if value["number"] and str(Ref.parse(value["number"])) in used:
            yield self._fault(row, "number", _("This application number is given out already."))
        days = {"born": value["born_on"], "by": self.the_round.born_by}
        days |= {"from": self.the_round.born_from}
        entrant = Entrant(value["born_on"], value["deferral_paper"] or "")
        for clause in unmet(entrant, self.clauses):
            yield self._fault(row, "born_on", clause.sentence, "", **days)

    def _applied(self, value: dict[str, Any]) -> str | None:
        """The number of the application that the child's own family made."""
        child = on_roster.known(value["child_name"], value["guardian_name"], value["phone"])
        rows = self.own.get(value["born_on"], ())
        return next((number for one, number in rows if on_roster.same_child(one, child)), None)

    def _used(self, values: Values) -> set[str]:
        given = [str(Ref.parse(row["number"])) for row in values if row["number"]]
        return set(Application.objects.filter(number__in=given).values_list("number", flat=True))

    def _fault(
        self, row: int, column: str, message: str, fix: str = "", **figures: object
    ) -> Fault:
        return fault(self.rows.name, row, self.headers[column], message, fix, **figures)


def _own(the_round: Round, values: Values) -> dict[date, list[tuple[on_roster.Known, str]]]:
    """Who applied by themselves, of the birthdays of some rows."""
    own = the_round.applications.exclude(state=Application.State.WITHDRAWN)
    own = own.exclude(channel=Application.Channel.ROSTER)
    found = defaultdict(list)
    for row in own.filter(born_on__in={value["born_on"] for value in values}):
        found[row.born_on].append((on_roster.known_of(row), row.number))
    return found


def _paths(the_round: Round) -> dict[str, str]:
    """Where every child of the loaded list lives, by code."""
    children = RoundApplicant.objects.filter(input=the_round.input_id)
    return dict(children.values_list("code", "path"))


def _application(
    the_round: Round, row: dict[str, Any], path: str, batch: ImportBatch | None
) -> Application:
    written = row.get("number")
    number = str(
        Ref.parse(written) if written else Ref.draw(NUMBER, the_round.year, secrets.randbelow)
    )
    return Application(
        round=the_round,
        number=number,
        code=row["applicant_id"],
        child_name=row["child_name"],
        guardian_name=row["guardian_name"],
        phone=row["phone"],
        look_up=look_up_key(number, row["phone"][-4:]),
        born_on=row["born_on"],
        deferral_paper=row.get("deferral_paper") or "",
        batch=batch,
        path=path,
    )
