"""What other departments' registers say of the reason of a transfer: evidence beside the paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Sweep
from junheng.evidence.facade import Answer, Person, Question, Register, forget_older, look_up
from junheng.registry.models import Transfer
from junheng.registry.models.transfers import SUBJECT
from junheng.registry.selectors.arrivals import child_of
from junheng.registry.services.transfer_rules import rules_of

PURPOSE = "transfer"
LEGAL_BASIS = "《中小学生学籍管理办法》；《个人信息保护法》第十三条第一款第三项"
OF_A_CHILD = frozenset({Register.HOUSEHOLD, Register.ENROLMENT})
"""These are asked about the child, all others about the guardian."""
FIELDS = ("evidence.Finding.sealed",)


def ask_registers(row: Transfer, *, certificate: str = "") -> list[Answer]:
    """Ask every register that knows of the reason; call it outside a transaction.

    What cannot be reached says so and refuses nobody.

    Args:
        row: The transfer.
        certificate: Number of the deed, lease or permit as the family stated it; not kept here.
    """
    questions = list(_questions(row, certificate.strip()))
    if not questions:
        return []
    return look_up(
        questions,
        subject=f"{SUBJECT}{row.number}",
        purpose=PURPOSE,
        legal_basis=LEGAL_BASIS,
        path=row.school.path,
    )


def _questions(row: Transfer, certificate: str) -> Iterator[Question]:
    child, guardian = _people(row)
    for key in registers_of(row):
        register = Register(key)
        about = {}
        if certificate and register == Register.REAL_ESTATE:
            about = {"certificate": certificate}
        elif certificate and register == Register.RESIDENCE_PERMIT:
            about = {"permit": certificate}
        if register in OF_A_CHILD:
            yield Question(register, child, role="child")
        elif guardian.name:
            yield Question(register, guardian, about, role="guardian")


def registers_of(row: Transfer) -> tuple[str, ...]:
    """Keys of the registers that know of the reason, by the rules of the application."""
    grounds = rules_of(row).grounds
    return next((one.registers for one in grounds if one.code == row.ground), ())


def _people(row: Transfer) -> tuple[Person, Person]:
    """The child and whoever answers for it, as record or application tell them."""
    if row.pupil is None:
        if row.arrival is None:
            return Person(""), Person("")
        told = child_of(row.arrival)
        who = Person(told.guardian.name, told.guardian.resident_id)
        return Person(told.name, told.resident_id, told.born_on), who
    pupil = row.pupil
    child = Person(str(pupil.name), str(pupil.resident_id or ""), pupil.born_on)
    first = pupil.guardians.filter(valid_to=None).order_by("valid_from", "pk").first()
    if first is None:
        return child, Person("")
    return child, Person(str(first.name or ""), str(first.resident_id or ""))


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("What registers said of transfers")
    retention.register(Sweep("registry.transfer", title, FIELDS, clear))


def clear(until: datetime, most: int) -> int:
    """Delete what was said before a moment; that there was a transfer stays."""
    return forget_older(SUBJECT, until, most)
