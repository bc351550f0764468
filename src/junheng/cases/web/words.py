"""Words and tones for cases."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from junheng.cases.engine.clock import Clock, Standing
from junheng.cases.engine.flow import Deed, State
from junheng.cases.models import Case
from junheng.places.facade import Role

STATE_TONES = {
    State.OPEN: "primary",
    State.PAUSED: "plain",
    State.DONE: "info",
    State.CHECKED: "info",
    State.ANSWERED: "success",
    State.CLOSED: "plain",
}
CLOCK_TONES = {
    Standing.FINE: "success",
    Standing.SOON: "warning",
    Standing.OVERDUE: "danger",
    Standing.PAUSED: "plain",
    Standing.STOPPED: "plain",
}
VERBS = {
    Deed.NOTE: pgettext_lazy("case button", "Note"),
    Deed.HAND_OVER: pgettext_lazy("case button", "Hand over"),
    Deed.PAUSE: pgettext_lazy("case button", "Pause"),
    Deed.RESUME: pgettext_lazy("case button", "Go on"),
    Deed.DONE: pgettext_lazy("case button", "Done"),
    Deed.CHECK: pgettext_lazy("case button", "Checked, in order"),
    Deed.SEND_BACK: pgettext_lazy("case button", "Send back"),
    Deed.ANSWER: pgettext_lazy("case button", "Answer"),
    Deed.SATISFIED: pgettext_lazy("case button", "Satisfied"),
    Deed.NOT_SATISFIED: pgettext_lazy("case button", "Not satisfied"),
    Deed.NO_REPLY: pgettext_lazy("case button", "Cannot be reached"),
    Deed.REOPEN: pgettext_lazy("case button", "Reopen"),
}
HELP = {
    Deed.DONE: gettext_lazy("Another person checks it before it is answered or closed."),
    Deed.PAUSE: gettext_lazy("The clock stands still until the day you give."),
    Deed.SATISFIED: gettext_lazy("Closes the case."),
    Deed.NOT_SATISFIED: gettext_lazy("Opens the case again with a new clock."),
    Deed.NO_REPLY: gettext_lazy("Closes the case without an opinion of whoever asked."),
    Deed.REOPEN: gettext_lazy("Opens the case again with a new clock."),
}
OUTCOMES = {
    "done": pgettext_lazy("outcome", "done"),
    "satisfied": pgettext_lazy("outcome", "satisfied"),
    "no_reply": pgettext_lazy("outcome", "no reply"),
    "called_back": pgettext_lazy("outcome", "called back"),
}
STEPS = (
    pgettext_lazy("case step", "Open"),
    pgettext_lazy("case step", "Done"),
    pgettext_lazy("case step", "Checked"),
    pgettext_lazy("case step", "Answered"),
    pgettext_lazy("case step", "Closed"),
)
AT = {
    State.OPEN: 1,
    State.PAUSED: 1,
    State.DONE: 2,
    State.CHECKED: 3,
    State.ANSWERED: 4,
    State.CLOSED: 6,
}


def clock_words(clock: Clock) -> str:
    """What a clock says: days left, or how long it is overdue."""
    if clock.standing == Standing.PAUSED:
        return _("paused")
    if clock.overdue:
        days = clock.overdue
        if clock.standing == Standing.STOPPED:
            return ngettext("%d day late", "%d days late", days) % days
        return ngettext("overdue by %d day", "overdue by %d days", days) % days
    if clock.standing == Standing.STOPPED:
        return _("in time")
    if clock.left == 0:
        return _("due today")
    return ngettext("%d day left", "%d days left", clock.left) % clock.left


def clock_tone(clock: Clock) -> str:
    """What colour it is: a stopped clock keeps whether it was late."""
    if clock.standing == Standing.STOPPED:
        return "danger" if clock.overdue else "success"
    return CLOCK_TONES[clock.standing]


def holder_words(case: Case) -> str:
    """Who has it: a name, or a role."""
    return str(case.holder) if case.holder is not None else role_words(case.role)


def role_words(role: str) -> str:
    """What a role is called."""
    return str(dict(Role.choices).get(role, role))
