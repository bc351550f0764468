"""Transfers: the receiving school applies, the present one answers, the bureau decides."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.cases.facade import CaseKind, case_of, note, open_case, register_kind, settle
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref
from junheng.places.facade import Organisation, Role
from junheng.registry.models import Pupil, SchoolClass, Transfer
from junheng.registry.models.transfers import CASE
from junheng.registry.services import movements, telling
from junheng.registry.services.arrivals import take_in
from junheng.registry.services.movement_checks import Deed
from junheng.registry.services.transfer_rules import rules_now
from junheng.registry.services.transfer_wishes import Application, require, wish_for, wish_of

DAYS = 8
NUMBER = "TR"
Waits = Transfer.State


class Settled(Refusal):
    """The transfer is over, or somebody else has answered meanwhile."""


class TwoPeople(Refusal):
    """Whoever applied cannot decide."""


def offer() -> None:
    """Make the kind of case known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Transfer of a pupil"),
            days=DAYS,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=lambda number: reverse("registry:transfer", args=[number]),
            closes_by_owner=True,
            facts={
                "from": gettext_lazy("From which school"),
                "to": gettext_lazy("To which school"),
                "grade": gettext_lazy("Grade"),
            },
        )
    )


def apply(application: Application, *, on: date, by: User) -> Transfer:
    """Apply for a transfer; what breaks the rules is not even registered (REG-4).

    Raises:
        AgainstTheRules: With every clause that stands against it.
        Settled: If another transfer of this pupil is open.
    """
    with transaction.atomic():
        standing = movements.current(application.pupil)
        rules = rules_now(on, application.to.path)
        require(wish_of(application, standing, on=on), rules)
        return opened(
            Transfer(
                pupil=application.pupil,
                origin=standing.organisation,
                to=application.to,
                grade=standing.grade,
                school_class=application.school_class,
                rules=rules.version,
                ground=application.ground,
                paper=application.paper.strip(),
                applied_by=by,
            )
        )


def opened(made: Transfer) -> Transfer:
    """Write an application down with its number, open its case, and tell the family.

    Raises:
        Settled: If another transfer of this pupil is open.
    """
    made.number = str(Ref.draw(NUMBER, timezone.localdate().year, secrets.randbelow))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "registry_transfer_one_open" not in str(error):
            raise
        raise Settled(_("Another transfer of this pupil is open.")) from error
    open_case(
        CASE,
        subject=made.number,
        title=made.number,
        path=made.school.path,
        facts={"from": made.from_name, "to": made.to_name, "grade": made.grade},
        by=made.applied_by,
    )
    telling.tell_family(made, telling.APPLIED)
    return made


def answer(transfer: Transfer, *, agrees: bool, words: str, by: User) -> Transfer:
    """The present school says that it has seen it, and what it has to say.

    Raises:
        Settled: If it does not wait for the school.
    """
    with transaction.atomic():
        row = _locked(transfer, Waits.APPLIED)
        row.state, row.agrees, row.answer = Waits.ANSWERED, agrees, words.strip()
        row.answered_by, row.answered_at = by, timezone.now()
        row.save()
        _note(row, _("The present school agrees.") if agrees else row.answer, by)
        if not agrees:
            telling.tell_family(row, telling.ASKED)
    return row


def approve(
    transfer: Transfer, *, on: date, by: User, school_class: SchoolClass | None = None
) -> Transfer:
    """Approve it: the pupil stands at the receiving school from this day.

    Time and ground are judged as on the day of the application, seats as they are now.

    Raises:
        Settled, TwoPeople: If it is over, the pupil moved since, or the same person applied.
        AgainstTheRules, LargeClass, WrongDay, ClassesFull: If there is no seat any more.
    """
    with transaction.atomic(), reason(f"{transfer.number}"):
        row = _locked(transfer, *Transfer.OPEN)
        _require_another(row, by)
        CARRIED_OUT[Transfer.Way(row.way)](row, Approved(on, by, school_class or row.school_class))
        return _decide(row, Waits.APPROVED, "", by)


@dataclass(frozen=True, slots=True)
class Approved:
    """From which day, by whom, into which class."""

    on: date
    by: User
    school_class: SchoolClass | None


def _moved(row: Transfer, said: Approved) -> None:
    """From one of our schools to another one."""
    pupil, to = cast(Pupil, row.pupil), cast(Organisation, row.to)
    asked = Application(pupil, to, row.ground, row.paper, said.school_class)
    applied_on = timezone.localdate(row.applied_at)
    standing = movements.current(pupil)
    if (standing.organisation_id, standing.grade) != (row.origin_id, row.grade):
        raise Settled(_("The pupil's record has changed since. Withdraw it, and apply again."))
    wish = wish_of(asked, standing, on=applied_on)
    require(wish, rules_now(applied_on, to.path))
    deed = Deed(on=said.on, by=row.applied_by, paper=paper_of(row), approved_by=said.by)
    movements.transfer(pupil, to, deed, school_class=said.school_class)
    row.school_class = said.school_class


def _released(row: Transfer, said: Approved) -> None:
    """To another district: the record stays here, and says where the pupil went."""
    pupil = cast(Pupil, row.pupil)
    if movements.current(pupil).organisation_id != row.origin_id:
        raise Settled(_("The pupil's record has changed since. Withdraw it, and apply again."))
    where = " ".join(part for part in (row.district_code, row.elsewhere) if part)
    paper = _("%(paper)s; transferred to another district: %(where)s") % {
        "paper": paper_of(row),
        "where": where,
    }
    deed = Deed(on=said.on, by=row.applied_by, paper=paper[:PAPER], approved_by=said.by)
    movements.leave(pupil, deed)


def _taken_in(row: Transfer, said: Approved) -> None:
    """From another district: a record is made, or the former one goes on."""
    to, arrival = cast(Organisation, row.to), row.arrival
    if arrival is None:
        raise Settled(_("What was told of the child is deleted by now. Apply again."))
    applied_on = timezone.localdate(row.applied_at)
    wish = wish_for(to, row.grade, on=applied_on, ground=row.ground, paper=row.paper)
    require(wish, rules_now(applied_on, to.path))
    paper = f"{paper_of(row)}; {row.district_code} {row.elsewhere}"[:PAPER]
    row.pupil = take_in(
        arrival, approved_by=said.by, on=said.on, paper=paper, school_class=said.school_class
    )
    row.arrival, row.school_class = None, said.school_class


CARRIED_OUT: dict[Transfer.Way, Callable[[Transfer, Approved], None]] = {
    Transfer.Way.WITHIN: _moved,
    Transfer.Way.AWAY: _released,
    Transfer.Way.HERE: _taken_in,
}
PAPER = 200
"""So many characters of its paper stand in a record."""


def paper_of(row: Transfer) -> str:
    """What stands in the record as the paper: our number, and what was brought."""
    return " ".join(part for part in (row.number, row.paper) if part)


def refuse(transfer: Transfer, *, words: str, by: User) -> Transfer:
    """Refuse it, with the reason in words.

    Raises:
        Settled, TwoPeople: If it is over, or the same person applied.
        Refusal: If no reason is given.
    """
    if not words.strip():
        raise Refusal(_("Please say why; the schools and the family will read it."))
    with transaction.atomic():
        row = _locked(transfer, *Transfer.OPEN)
        _require_another(row, by)
        return _decide(row, Waits.REFUSED, words.strip(), by)


def withdraw(transfer: Transfer, *, by: User) -> Transfer:
    """The receiving school takes it back.

    Raises:
        Settled: If it is over.
    """
    with transaction.atomic():
        row = _locked(transfer, *Transfer.OPEN)
        row.state = Waits.WITHDRAWN
        row.save()
        _close(row, _("Withdrawn by the receiving school."), by)
    return row


def _locked(transfer: Transfer, *states: str) -> Transfer:
    row: Transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("pupil", "origin", "to", "school_class", "applied_by", "arrival__asked_by")
        .get(pk=transfer.pk)
    )
    if row.state not in states:
        raise Settled(_("This is not open any more: %s.") % row.get_state_display())
    return row


def _require_another(row: Transfer, by: User) -> None:
    if row.applied_by_id == by.pk:
        raise TwoPeople(_("You applied for it yourself; somebody else of the bureau decides."))


def _decide(row: Transfer, state: str, words: str, by: User) -> Transfer:
    row.state, row.words = state, words
    row.decided_by, row.decided_at = by, timezone.now()
    row.save()
    _close(row, words or _("Approved."), by)
    telling.tell_family(row, telling.DECIDED[state])
    return row


def _note(row: Transfer, words: str, by: User) -> None:
    case = case_of(CASE, row.number)
    if case is not None and words:
        note(case.number, words, by=by)


def _close(row: Transfer, words: str, by: User) -> None:
    case = case_of(CASE, row.number)
    if case is not None:
        settle(case.number, outcome=row.state, words=words, by=by)
