"""Messages to families about their applications: a number and what it means, never a name.

Each is written in the transaction of what it tells, so nobody is told of what did not happen.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy

from junheng.admissions.models import (
    AnswerPeriod,
    Application,
    Objection,
    Round,
    RoundDate,
    RoundRun,
    SeatOffer,
    Verification,
)
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.second import without_seat
from junheng.admissions.services.in_person import ask_to_tell
from junheng.commons import messages
from junheng.commons.messages import Template, Value
from junheng.kernel.mobile import NotMobile

State = Application.State
BATCH = 1_000
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
PUBLISHED = Template(
    "admissions.published",
    gettext_lazy(
        "The result of the application %(number)s is out: the school, the reasons and what comes"
        " next stand on its page. Sign in with this telephone."
    ),
    NUMBER,
)
ANSWERED = Template(
    "admissions.answered",
    gettext_lazy(
        "The objection %(objection)s is answered, on the page of the application %(number)s."
    ),
    NUMBER | {"objection": Value.NUMBER},
)
OFFERED = Template(
    "admissions.offered",
    gettext_lazy(
        "A seat is free for the application %(number)s. Please say on its page until %(until)s"
        " whether you want it; your child's present seat is safe till then."
    ),
    NUMBER | {"until": Value.DATE},
)
SECOND = Template(
    "admissions.second",
    gettext_lazy(
        "Seats are left, and a second round is open. If the application %(number)s is to take part,"
        " say so on its page until %(until)s: sign in with this telephone."
    ),
    NUMBER | {"until": Value.DATE},
)
ASKED = Template(
    "admissions.asked_about_offers",
    gettext_lazy(
        "Schools with free seats are offered to the application %(number)s. Please rank them on its"
        " page until %(until)s: sign in with this telephone."
    ),
    NUMBER | {"until": Value.DATE},
)
TEMPLATES = (RECEIVED, *OUTCOMES.values(), PUBLISHED, ANSWERED, OFFERED, SECOND, ASKED)


def tell_received(application: Application) -> None:
    """Tell a family its number: once, however often it is submitted."""
    tell(application, RECEIVED, f"{RECEIVED.key}:{application.pk}")


def tell_outcome(application: Application, found: Verification) -> None:
    """Tell a family what a checking came to, where there is something to tell."""
    template = OUTCOMES.get(State(found.outcome))
    if template is not None:
        tell(application, template, f"{template.key}:{found.pk}")


def tell_result(record: RoundRun) -> int:
    """Tell every family of a round that its result is out: once for each result. How many."""
    rows = Application.objects.filter(round=record.round_id).exclude(state=State.WITHDRAWN)
    told = 0
    for application in rows.iterator(BATCH):
        tell(application, PUBLISHED, f"{PUBLISHED.key}:{record.pk}:{application.pk}")
        told += 1
    return told


def tell_answer(objection: Objection) -> None:
    """Tell a family that its objection is answered."""
    once = f"{ANSWERED.key}:{objection.pk}"
    tell(objection.application, ANSWERED, once, objection=objection.number)


def tell_offered(application: Application, offer: SeatOffer) -> None:
    """Tell a family that a seat is offered, and until when it may take it."""
    until = f"{timezone.localtime(offer.until):%Y-%m-%d %H:%M}"
    tell(application, OFFERED, f"{OFFERED.key}:{offer.pk}", until=until)


def tell_asked(application: Application, period: AnswerPeriod) -> None:
    """Tell a family that schools are offered, and until when it may rank them."""
    until = f"{timezone.localtime(period.until):%Y-%m-%d %H:%M}"
    tell(application, ASKED, f"{ASKED.key}:{period.pk}:{application.pk}", until=until)


def tell_second(second: Round) -> int:
    """Tell every family of the first round whose child has no seat of the second one. How many."""
    record = published_record(second.second_of) if second.second_of else None
    dates = second.dates.filter(what=RoundDate.What.APPLICATIONS)
    ends = dates.values_list("ends_at", flat=True).first()
    if record is None or ends is None:
        return 0
    until, told = f"{timezone.localtime(ends):%Y-%m-%d %H:%M}", 0
    for application in without_seat(record).iterator(BATCH):
        tell(application, SECOND, f"{SECOND.key}:{second.pk}:{application.pk}", until=until)
        told += 1
    return told


def tell(application: Application, template: Template, once: str, **values: str) -> None:
    """Write a message about an application to its telephone; once for `once`.

    Where there is no mobile telephone, somebody is asked to tell the family. That the application
    is received needs no telling: it was typed in before the family's eyes.
    """
    told = {"number": application.number, **values}
    try:
        messages.send(
            str(application.phone),
            template.key,
            told,
            subject=application.number,
            path=application.path,
            dedupe=once,
        )
    except NotMobile:
        if template is not RECEIVED:
            ask_to_tell(application, str(template.words) % told, once)
