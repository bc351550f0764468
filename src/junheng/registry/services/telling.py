"""Messages to families about transfers: a number and what it means, never a name or a school."""

from __future__ import annotations

from contextlib import suppress

from django.utils.translation import gettext_lazy

from junheng.commons import messages
from junheng.commons.messages import Template, Value
from junheng.kernel.mobile import NotMobile
from junheng.registry.models import Transfer
from junheng.registry.selectors.arrivals import child_of

NUMBER = {"number": Value.NUMBER}
APPLIED = Template(
    "registry.transfer_applied",
    gettext_lazy(
        "The transfer %(number)s is applied for. You will be told when it is decided; if you did "
        "not ask for it, tell your school."
    ),
    NUMBER,
)
ASKED = Template(
    "registry.transfer_asked",
    gettext_lazy(
        "The present school has something to say about the transfer %(number)s. Please ask there."
    ),
    NUMBER,
)
APPROVED = Template(
    "registry.transfer_approved",
    gettext_lazy("The transfer %(number)s is approved. The school tells you the first day."),
    NUMBER,
)
REFUSED = Template(
    "registry.transfer_refused",
    gettext_lazy("The transfer %(number)s is refused. The school tells you the reason."),
    NUMBER,
)
TEMPLATES = (APPLIED, ASKED, APPROVED, REFUSED)
DECIDED: dict[str, Template] = {
    Transfer.State.APPROVED: APPROVED,
    Transfer.State.REFUSED: REFUSED,
}


def register() -> None:
    """Name the words beforehand, as gateways demand."""
    for template in TEMPLATES:
        messages.register(template)


def tell_family(row: Transfer, template: Template) -> None:
    """Write a message to the guardian's telephone, once; a family without one is told at school."""
    phone = phone_of(row)
    if not phone:
        return
    with suppress(NotMobile):
        messages.send(
            phone,
            template.key,
            {"number": row.number},
            subject=row.number,
            path=row.school.path,
            dedupe=f"{template.key}:{row.pk}",
        )


def phone_of(row: Transfer) -> str:
    """The number of whoever answers for the child now; "" where none is known."""
    if row.pupil is None:
        return child_of(row.arrival).guardian.phone if row.arrival else ""
    there = row.pupil.guardians.filter(valid_to=None).order_by("valid_from", "pk")
    return next((str(one.phone) for one in there if one.phone), "")
