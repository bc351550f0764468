"""Messages to families about their applications: a number and what it means, never a name.

Each is written in the transaction of what it tells, so nobody is told of what did not happen.
"""

from __future__ import annotations

from contextlib import suppress

from django.utils.translation import gettext_lazy

from junheng.admissions.models import Application, Verification
from junheng.commons import messages
from junheng.commons.messages import Template, Value
from junheng.kernel.mobile import NotMobile

State = Application.State
NUMBER = {"number": Value.NUMBER}
RECEIVED = Template(
    "admissions.received",
    gettext_lazy(
        "The application %(number)s is received. Sign in with this telephone to see how it stands."
    ),
    NUMBER,
)
OUTCOMES = {
    State.PASSED: Template(
        "admissions.passed",
        gettext_lazy(
            "The application %(number)s is checked: nothing more is needed. Seats are assigned in"
            " public; when, stands on its page."
        ),
        NUMBER,
    ),
    State.ASKED: Template(
        "admissions.asked",
        gettext_lazy(
            "Something is missing in the application %(number)s. All of it stands on its page:"
            " sign in with this telephone."
        ),
        NUMBER,
    ),
    State.REFUSED: Template(
        "admissions.refused",
        gettext_lazy(
            "The application %(number)s could not be accepted. The reasons, and how to object,"
            " stand on its page."
        ),
        NUMBER,
    ),
}
TEMPLATES = (RECEIVED, *OUTCOMES.values())


def tell_received(application: Application) -> None:
    """Tell a family its number: once, however often it is submitted."""
    _tell(application, RECEIVED, f"{RECEIVED.key}:{application.pk}")


def tell_outcome(application: Application, found: Verification) -> None:
    """Tell a family what a checking came to, where there is something to tell."""
    template = OUTCOMES.get(State(found.outcome))
    if template is not None:
        _tell(application, template, f"{template.key}:{found.pk}")


def _tell(application: Application, template: Template, once: str) -> None:
    with suppress(NotMobile):  # a landline of a roster: the counter calls it
        messages.send(
            str(application.phone),
            template.key,
            {"number": application.number},
            subject=application.number,
            path=application.path,
            dedupe=once,
        )
