"""Questions about transfers: whom they are about, and where they wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.cases.facade import case_of
from junheng.commons.masks import mask_id, mask_name
from junheng.evidence.facade import Answer, findings_of, title_of
from junheng.registry.models import Transfer
from junheng.registry.models.transfers import CASE, SUBJECT
from junheng.registry.selectors.arrivals import child_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a transfer's way.

    Attributes:
        who: Whose step it is.
        what: What was said, or what it waits for.
        on: The day it was taken; None for the one it waits for and those to come.
        due: The day by which it has to be taken, where it waits.
    """

    who: str
    what: str
    on: date | None = None
    due: date | None = None


def way_of(row: Transfer) -> list[Step]:
    """Where a transfer has been, and where it waits."""
    case = case_of(CASE, row.number)
    due = case.clock.due_on if case is not None and row.state in Transfer.OPEN else None
    bureau = _("The bureau")
    made = [Step(row.to_name, pgettext("transfer", "Applied"), timezone.localdate(row.applied_at))]
    if row.answered_at is not None:
        said = pgettext("transfer", "Agrees") if row.agrees else row.answer
        made.append(Step(row.from_name, said, timezone.localdate(row.answered_at)))
    elif row.state == Transfer.State.APPLIED:
        made.append(Step(row.from_name, _("Has to say what it thinks"), due=due))
    if row.decided_at is not None:
        said = row.words or row.get_state_display()
        made.append(Step(bureau, said, timezone.localdate(row.decided_at)))
    elif row.state in Transfer.OPEN:
        made.append(Step(bureau, _("Decides"), due=due))
    return made


@dataclass(frozen=True, slots=True)
class Said:
    """What one register said of the reason of a transfer.

    Attributes:
        register: Which one.
        state: Found, not found, no answer and so on, in words.
        tone: How it is shown: only an answer is good or bad, silence is neither.
        source: Whose register it is.
        as_of: The day on which it was true.
        facts: Names and values of the row; a name and a number in masks.
        differs: What is other than the family stated, in words.
        note: Why there was no answer.
    """

    register: str
    state: str
    tone: str
    source: str
    as_of: date | None
    facts: tuple[tuple[str, str], ...]
    differs: tuple[str, ...]
    note: str


TONES = {"found": "success", "probable": "warning", "several": "warning", "not_found": "warning"}
MASKS: dict[str, Callable[[str], str]] = {"resident_id": mask_id, "name": mask_name}
TYPED = frozenset({"certificate", "permit"})
"""What the family states beside who it is."""


def said_of(row: Transfer) -> list[Said]:
    """What registers said last; whoever shows it notes the reading."""
    return [_said(answer) for answer in findings_of(f"{SUBJECT}{row.number}")]


def _said(answer: Answer) -> Said:
    facts = tuple(
        (str(title_of(answer.register, name)), MASKS.get(name, str)(value))
        for name, value in answer.facts.items()
        if value
    )
    differs = tuple(
        str(title_of(answer.register, name)) for name in answer.differs if name in TYPED
    )
    return Said(
        register=str(answer.register.label),
        state=str(answer.state.label),
        tone=TONES.get(answer.state, "plain"),
        source=answer.source,
        as_of=answer.as_of,
        facts=facts,
        differs=differs,
        note=answer.note,
    )


def masked(row: Transfer) -> str:
    """The pupil's name as lists show it; "" where what was told is deleted."""
    if row.pupil is not None:
        return mask_name(str(row.pupil.name))
    return mask_name(child_of(row.arrival).name) if row.arrival else ""
