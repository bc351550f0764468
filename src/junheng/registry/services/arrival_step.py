"""Asking for a record that is made by hand, and agreeing to it: a step for two people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons import approvals
from junheng.commons.masks import mask_id, mask_name, mask_phone
from junheng.commons.models import Approval
from junheng.kernel.codes import table
from junheng.registry.access import may_approve_record, may_keep_record
from junheng.registry.engine.id_numbers import other_paper
from junheng.registry.models import Arrival, Movement, Pupil
from junheng.registry.selectors.arrivals import Child, child_of
from junheng.registry.services import asked
from junheng.registry.services.arrivals import (
    Seat,
    TooLate,
    keep,
    known_child,
    take_in,
)

ARRIVAL = "registry.arrival"
REVEALED = "pupil_arrival"
"""The kind by which pages ask for a value in the clear."""
TITLE = gettext_lazy("New record of a pupil")


def enter(child: Child, seat: Seat, *, by: User) -> Approval:
    """Ask that a record be made of a child; it is tried now, and done when the bureau agrees.

    Raises:
        AlreadyHere, AnotherName: If the number is in the register.
        WrongDay, WrongClass, LargeClass, ClassesFull, NoSuchSchool: As they say.
        NotTheirs: If the person does not keep this school's records.
    """
    with transaction.atomic():
        arrival = keep(child, seat, by=by)
        return approvals.ask(
            ARRIVAL,
            matter=f"registry.arrival.{arrival.pk}",
            path=seat.organisation.path,
            by=by,
            payload={"arrival": str(arrival.pk)},
            title=f"{TITLE} · {seat.organisation.name} · {seat.grade}",
        )


def register() -> None:
    """Make the step known to the pages of approvals."""
    approvals.register(
        approvals.Step(
            ARRIVAL,
            TITLE,
            may_keep_record,
            may_approve_record,
            asked.visible,
            asked.takes_part,
            _try,
            _carry_out,
            _facts,
        )
    )


def _try(approval: Approval) -> None:
    with transaction.atomic():
        take_in(_arrival(approval), approved_by=None)
        transaction.set_rollback(True)


def _carry_out(approval: Approval) -> None:
    take_in(_arrival(approval), approved_by=cast(User, approval.decided_by))


def _arrival(approval: Approval) -> Arrival:
    found = Arrival.objects.select_related("organisation", "asked_by")
    row = found.filter(pk=approval.payload["arrival"]).first()
    if row is None:
        raise TooLate(
            _("What was told of this child is deleted by now. Please ask again, with all of it.")
        )
    return cast(Arrival, row)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    made = Pupil.objects.filter(source=approval.payload["arrival"]).first()
    if made is not None:
        url = reverse("registry:pupil", args=[made.number])
        yield _("Record"), format_html('<a href="{}">{}</a>', url, made.number)
    row = Arrival.objects.filter(pk=approval.payload["arrival"]).select_related("organisation")
    for arrival in row:
        yield from facts_of(arrival)


def _shown(arrival: Arrival, field: str, masked: str) -> SafeString:
    """A value in its mask, with the way to see it for a reason that is written down."""
    url = reverse("accounts:reveal", args=[REVEALED, arrival.pk, field])
    link = '{} · <a class="text-decoration-underline" rel="nofollow" href="{}">{}</a>'
    return format_html(link, masked, url, _("Show"))


def facts_of(arrival: Arrival) -> Iterator[tuple[str, object]]:
    """What the second person compares with the paper: names and numbers in masks."""
    child, language = child_of(arrival), get_language() or "zh"
    yield _("School"), arrival.organisation.name
    yield _("Grade"), arrival.grade
    if arrival.class_number is not None:
        yield _("Class"), arrival.class_number
    yield _("Movement"), Movement(arrival.movement).label
    yield _("From"), arrival.on
    yield _("Paper"), arrival.paper
    yield _("Pupil"), _shown(arrival, "name", mask_name(child.name))
    number = mask_id(child.resident_id)
    yield (
        _("Passport or travel permit")
        if other_paper(child.resident_id)
        else _("Resident ID number"),
        _shown(arrival, "resident_id", number) if number else _("No document"),
    )
    yield _("Year of birth"), _shown(arrival, "born_on", str(child.born_on.year))
    yield _("Sex"), table("sex").name(child.sex, language)
    yield _("Guardian"), _shown(arrival, "guardian", mask_name(child.guardian.name))
    yield _("Phone number"), _shown(arrival, "phone", mask_phone(child.guardian.phone))
    known = known_child(child)
    if known is not None:
        yield _("Goes on with the record"), known.number
