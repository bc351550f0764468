"""What was paid before this system, taken in as a table: who got what, when, for what, by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.aid.engine.policies import counts_of
from junheng.aid.models import AidPolicy, AidTerm, FormerPayment, PaymentLine, Source
from junheng.aid.selectors.policies import contents_for, policy_from
from junheng.aid.services import people_in_tables as people
from junheng.aid.services.household_columns import Sheet
from junheng.aid.services.household_imports import OfAPlace
from junheng.aid.services.one_by_one import FORMER, wait_for_others
from junheng.aid.services.people_in_tables import People, Row, Unclear
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Table, Values, Wrong
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen, NotMoney
from junheng.places.facade import Place


def _positive(text: str) -> Wrong | None:
    try:
        amount = Fen.parse(text).amount
    except NotMoney:
        amount = 0
    if amount > 0:
        return None
    return Wrong(
        _("“%(value)s” is not an amount in yuan that was paid."),
        _("Write yuan with at most two decimals, such as %(example)s."),
        {"value": text, "example": "625.00"},
    )


def _past(day: date) -> Wrong | None:
    return None if day <= timezone.localdate() else Wrong(_("That day has not come yet."))


COLUMNS = (
    *people.COLUMNS,
    Column(
        "policy",
        pgettext_lazy("aid", "Policy"),
        required=True,
        note=gettext_lazy("Its code or its title, as under “Policies of aid”."),
        example="boarder_allowance",
    ),
    Column(
        "term",
        gettext_lazy("Term"),
        required=True,
        kind="identifier",
        note=gettext_lazy("School year and which term of it."),
        example="2025-2026-2",
    ),
    Column(
        "for_day",
        gettext_lazy("Counting day"),
        kind="date",
        note=gettext_lazy("Only for a policy that is counted on several days of a term."),
    ),
    Column("yuan", gettext_lazy("Paid, yuan"), required=True, check=_positive, example="625.00"),
    Column(
        "paid_on",
        gettext_lazy("Paid on"),
        required=True,
        kind="date",
        check=_past,
        example="2026-04-10",
    ),
    Column(
        "source",
        gettext_lazy("Source of funds"),
        kind="choice",
        choices=Choices(dict(Source.choices)),
    ),
    Column(
        "paper",
        gettext_lazy("Document it rests on"),
        required=True,
        note=gettext_lazy("Number of the list, voucher or bank batch of then."),
    ),
)
CONTENT = ("subject", "policy", "for_day", "fen", "source", "paid_on", "paper")
UNKNOWN_POLICY = Unclear(
    "policy",
    _("There is no such policy of aid here."),
    _("Write its code or title as under “Policies of aid”, or have it approved first."),
)
UNKNOWN_TERM = Unclear(
    "term",
    _("There is no such term of aid here."),
    _("Open the term first, or write it as year, year and 1 or 2: 2025-2026-2."),
)
CLOSED_TERM = Unclear("term", _("This term is closed: what was paid for it stays as it is."))
WHICH_DAY = Unclear(
    "for_day",
    _("This policy is counted on several days of the term, or on none."),
    _("Write one row for each counting day, with its day."),
)
NO_SUCH_DAY = Unclear(
    "for_day",
    _("This policy is not counted on this day."),
    _("Leave the cell blank, or write a counting day of the term."),
)
PAID_HERE = Unclear(
    "policy",
    _("A payment batch of this system pays this already."),
    _("Take the row out of the table: it belongs to the time after the change of system."),
)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a row says was paid."""

    subject: str
    path: str
    policy: str
    for_day: date
    fen: int
    source: str
    paid_on: date
    paper: str

    @property
    def due(self) -> tuple[str, str, date]:
        """What it was paid for."""
        return (self.subject, self.policy, self.for_day)

    @property
    def content(self) -> tuple[Any, ...]:
        """All that makes it this payment and no other, but for its turn among rows alike."""
        return (*self.due, self.fen, self.source, self.paid_on, self.paper)


class _Books:
    """What the county has: people, policies, terms and their counting days."""

    def __init__(self, rows: Sequence[Row], path: str) -> None:
        self.path, self.people = path, People(rows, path)
        policies = AidPolicy.objects.filter(path=path)
        self.policies = {
            word: one.code for one in policies for word in (one.title_zh, one.title_en, one.code)
        }
        self.terms = {one.code: one for one in AidTerm.objects.filter(place__path=path)}
        self._days: dict[str, dict[str, list[date]]] = {}

    def read(self, row: Row) -> Paid | Unclear:
        """What a row says, or the first thing that keeps it from being told."""
        policy, term = self.policies.get(row["policy"]), self.terms.get(row["term"])
        if policy is None:
            return UNKNOWN_POLICY
        if term is None:
            return UNKNOWN_TERM
        if term.closed_at is not None:
            return CLOSED_TERM
        day = self._day(policy, term, row.get("for_day"))
        if isinstance(day, Unclear):
            return day
        person = self.people.meant_by(row, day)
        if isinstance(person, Unclear):
            return person
        return Paid(
            subject=person.subject,
            path=person.path,
            policy=policy,
            for_day=day,
            fen=Fen.parse(row["yuan"]).amount,
            source=row.get("source") or "",
            paid_on=row["paid_on"],
            paper=row["paper"],
        )

    def _day(self, policy: str, term: AidTerm, told: date | None) -> date | Unclear:
        days = self._days_of(term).get(policy, [])
        if told is None:
            return days[0] if len(days) == 1 else WHICH_DAY
        inside = term.starts_on <= told <= term.ends_on
        return told if inside and (not days or told in days) else NO_SUCH_DAY

    def _days_of(self, term: AidTerm) -> dict[str, list[date]]:
        """The counting days of a term by policy."""
        if term.code not in self._days:
            found: dict[str, list[date]] = {}
            for count in counts_of(
                map(policy_from, contents_for(self.path, term.period)), term.period
            ):
                for policy in count.policies:
                    found.setdefault(policy.code, []).append(count.day)
            self._days[term.code] = found
        return self._days[term.code]


class FormerPaymentImporter(OfAPlace):
    """One row is what one person was paid for one policy and counting day."""

    kind = "aid.former_payments"
    title = gettext_lazy("Former payments")
    columns = COLUMNS
    most_rows: ClassVar[int] = 200_000

    def wait(self) -> None:
        wait_for_others(FORMER)

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet, found = Sheet(COLUMNS, rows), _read(values, self.path(target))
        ours = _on_lines([one for one in found if isinstance(one, Paid)])
        told = [
            (n, PAID_HERE if isinstance(one, Paid) and one.due in ours else one)
            for n, one in zip(rows.numbers, found, strict=True)
        ]
        faults = [
            sheet.fault(n, one.column, one.message, one.fix)
            for n, one in told
            if isinstance(one, Unclear)
        ]
        if values and not faults and not _new(found):
            message = _("Everything in this table was taken in already.")
            return [fault(rows.name, None, "", message, _("There is nothing to do."))]
        return faults

    def apply(self, values: Values, batch: ImportBatch) -> None:
        found = _read(values, Place.objects.get(code=batch.target["place"]).path)
        FormerPayment.objects.bulk_create(
            [
                FormerPayment(
                    path=one.path,
                    subject=one.subject,
                    policy=one.policy,
                    for_day=one.for_day,
                    fen=one.fen,
                    source=one.source,
                    paid_on=one.paid_on,
                    paper=one.paper,
                    turn=turn,
                    row=number,
                    batch=batch.pk,
                    by_id=batch.by_id,
                )
                for number, one, turn in _new(found)
            ],
            batch_size=2_000,
        )

    def undo(self, batch: ImportBatch) -> None:
        wait_for_others(FORMER)
        rows = FormerPayment.objects.filter(batch=batch.pk)
        if _closed(batch.path, rows):
            raise CannotUndo(gettext("A term of these payments is closed: they stay."))
        rows.delete()


def _read(values: Values, path: str) -> list[Paid | Unclear]:
    books = _Books(values, path)
    return [books.read(row) for row in values]


def _new(found: Sequence[Paid | Unclear]) -> list[tuple[int, Paid, int]]:
    """What is not known yet: row as a spreadsheet counts it, payment, turn among rows alike."""
    subjects = {one.subject for one in found if isinstance(one, Paid)}
    known = set(FormerPayment.objects.filter(subject__in=subjects).values_list(*CONTENT, "turn"))
    turns: Counter[tuple[Any, ...]] = Counter()
    new = []
    for number, one in enumerate(found, start=2):
        if isinstance(one, Paid):
            turns[one.content] += 1
            if (*one.content, turns[one.content]) not in known:
                new.append((number, one, turns[one.content]))
    return new


def _on_lines(paid: Sequence[Paid]) -> set[tuple[str, str, date]]:
    """For what of this there is a line of a batch."""
    rows = PaymentLine.objects.filter(subject__in={one.subject for one in paid})
    return set(rows.values_list("subject", "policy", "for_day"))


def _closed(path: str, rows: QuerySet[FormerPayment]) -> bool:
    """Whether one of the payments is for a term that is closed."""
    terms = AidTerm.objects.filter(place__path=path, closed_at__isnull=False)
    return any(
        rows.filter(for_day__range=days).exists()
        for days in terms.values_list("starts_on", "ends_on")
    )
