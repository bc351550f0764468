"""What is done with a case, one transaction each; every deed leaves an entry."""

from __future__ import annotations

from junheng.cases.services.cases.ending import (
    ClosedOtherwise,
    answer,
    heard_back,
    reopen,
    settle,
)
from junheng.cases.services.cases.opening import Holder, new_number, open_case
from junheng.cases.services.cases.stepping import CannotFollow, WordsMissing, due_day, needs
from junheng.cases.services.cases.working import (
    CheckedByDoer,
    NoSuchPause,
    check,
    done,
    hand_over,
    note,
    pause,
    resume,
    send_back,
)

__all__ = [
    "CannotFollow",
    "CheckedByDoer",
    "ClosedOtherwise",
    "Holder",
    "NoSuchPause",
    "WordsMissing",
    "answer",
    "check",
    "done",
    "due_day",
    "hand_over",
    "heard_back",
    "needs",
    "new_number",
    "note",
    "open_case",
    "pause",
    "reopen",
    "resume",
    "send_back",
    "settle",
]
