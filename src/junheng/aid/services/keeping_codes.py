"""Entries of the code lists begin and end on a day: asked by one, agreed to by another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import CodeList, HouseholdCode
from junheng.aid.services import for_two
from junheng.aid.services.declaring import overlaps
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal

BEGIN, END = "aid.begin_household_code", "aid.end_household_code"
PAGE = "/aid/households/codes/"
OF_A_STATUS = (CodeList.CATEGORY, CodeList.CRITERION)
"""The lists whose entries belong to a status."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")


class NoSuchEntry(Refusal):
    """What was typed cannot be an entry of that list."""


class DaysDoNotFit(Refusal):
    """The same entry holds on one of the days, or it would end before today."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list from a day on.

    Attributes:
        kind: Code of the status that it belongs to; "" where it belongs to none.
        basis: The document that it rests on.
        since: ISO day.
    """

    list: str
    code: str
    kind: str
    name_zh: str
    name_en: str
    basis: str
    since: str


def ask_to_begin(path: str, entry: Entry, *, by: User) -> Approval:
    """Ask that an entry holds from a day on."""
    return approvals.ask(
        BEGIN,
        matter=f"aid.code {entry.list} {entry.kind} {entry.code}",
        path=path,
        by=by,
        payload=asdict(entry),
        reason=entry.basis,
        title=f"{CodeList(entry.list).label}: {entry.name_zh} · {entry.since}",
        url=PAGE,
    )


def ask_to_end(path: str, row: HouseholdCode, day: date, paper: str, *, by: User) -> Approval:
    """Ask that an entry does not hold any more from a day on; what was decided by it stays."""
    return approvals.ask(
        END,
        matter=f"aid.code.end {row.pk}",
        path=path,
        by=by,
        payload={"pk": row.pk, "day": day.isoformat(), "paper": paper},
        reason=paper,
        title=f"{_('End')}: {row.name_zh} · {day}",
        url=PAGE,
    )


def register() -> None:
    """Make both steps known to the pages of approvals."""
    for kind, title, check, carry_out, facts in (
        (BEGIN, gettext_lazy("An entry of a code list"), _check_entry, _begin, _entry_facts),
        (END, gettext_lazy("An entry of a code list ends"), _check_end, _end, _end_facts),
    ):
        for_two.register(kind, title, check, carry_out, facts)


def _entry(approval: Approval) -> Entry:
    return Entry(**approval.payload)


def _check_entry(approval: Approval) -> None:
    one = _entry(approval)
    if not _CODE.fullmatch(one.code):
        raise NoSuchEntry(
            _("A code has at most 24 small letters, digits and underscores, a letter first.")
        )
    statuses = HouseholdCode.objects.filter(list=CodeList.STATUS, code=one.kind)
    if (one.list in OF_A_STATUS) != bool(one.kind) or (one.kind and not statuses.exists()):
        raise NoSuchEntry(_("Categories and criteria belong to a status, and nothing else does."))
    same = HouseholdCode.objects.filter(list=one.list, kind=one.kind, code=one.code)
    if other := same.filter(overlaps(date.fromisoformat(one.since), None)).first():
        raise DaysDoNotFit(
            _("“%(entry)s” holds from %(day)s on already. End that first.")
            % {"entry": other, "day": other.valid_from}
        )


def _begin(approval: Approval) -> None:
    one = _entry(approval)
    last = HouseholdCode.objects.filter(list=one.list).aggregate(last=Max("place_in_list"))["last"]
    HouseholdCode.objects.create(
        list=one.list,
        code=one.code,
        kind=one.kind,
        name_zh=one.name_zh,
        name_en=one.name_en,
        basis=one.basis,
        place_in_list=(last or 0) + 1,
        valid_from=date.fromisoformat(one.since),
    )


def _entry_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    one = _entry(approval)
    yield _("List"), CodeList(one.list).label
    yield _("Entry"), f"{one.name_zh} / {one.name_en} ({one.code})"
    if one.kind:
        yield _("Belongs to"), one.kind
    yield _("From"), one.since
    yield _("Document it rests on"), one.basis


def _row(approval: Approval) -> HouseholdCode:
    row: HouseholdCode = HouseholdCode.objects.get(pk=approval.payload["pk"])
    return row


def _check_end(approval: Approval) -> None:
    row, day = _row(approval), date.fromisoformat(approval.payload["day"])
    if row.valid_to is not None:
        raise DaysDoNotFit(_("It ends on %(day)s already.") % {"day": row.valid_to})
    if day < timezone.localdate() or day <= row.valid_from:
        raise DaysDoNotFit(_("It ends today at the earliest: on days past it may have been used."))


def _end(approval: Approval) -> None:
    row = _row(approval)
    row.valid_to = date.fromisoformat(approval.payload["day"])
    row.save(update_fields=["valid_to"])


def _end_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row = _row(approval)
    yield _("List"), row.get_list_display()
    yield _("Entry"), f"{row.name_zh} / {row.name_en} ({row.code})"
    yield _("From"), row.valid_from
    yield _("Until before"), approval.payload["day"]
    yield _("Document it rests on"), approval.payload["paper"]
