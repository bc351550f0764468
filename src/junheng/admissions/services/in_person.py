"""What a family without a mobile telephone is told by a person: a case, so that nobody is left out.

Whoever typed the application in knows the family and has the case first; else the officers.
"""

from __future__ import annotations

from hashlib import blake2s

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import Application
from junheng.cases.facade import CaseKind, Holder, case_of, open_case, register_kind
from junheng.places.facade import Role

KIND = "admissions.tell_in_person"
DAYS = 2
"""Working days: offers and second rounds run out."""


def register() -> None:
    """Make the kind known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=KIND,
            label=gettext_lazy("Tell a family without a mobile telephone"),
            days=DAYS,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=page_of,
            facts={
                "number": gettext_lazy("Application number"),
                "message": gettext_lazy("Message that other families get"),
            },
        )
    )


def page_of(subject: str) -> str:
    """The page of the application that a message is about."""
    return reverse("admissions:review", args=[subject.partition(":")[0]])


def ask_to_tell(application: Application, message: str, once: str) -> None:
    """Open the case of one message, inside the transaction of what it tells; once for `once`."""
    subject = f"{application.number}:{blake2s(once.encode(), digest_size=8).hexdigest()}"
    if case_of(KIND, subject) is not None:
        return
    clerk = application.entered_by
    open_case(
        KIND,
        subject=subject,
        title=_("Tell the family of %s in person") % application.number,
        path=application.path,
        facts={"number": application.number, "message": message},
        holder=Holder(user=clerk) if clerk is not None and clerk.is_active else None,
        by=None,
    )
