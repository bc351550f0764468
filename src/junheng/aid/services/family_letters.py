"""A letter for a family: one sentence for each policy, with its document, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from junheng.aid.engine.outcomes import Outcome
from junheng.aid.models import AidTerm
from junheng.aid.selectors.person import PolicyAnswer
from junheng.commons.documents import render, writable
from junheng.commons.furniture import bureau_name
from junheng.kernel.money import Fen
from junheng.registry.facade import PupilInMask

TEMPLATE = "aid/documents/family_letter.typ"


@dataclass(frozen=True, slots=True)
class Same:
    """Counting days of a policy on which the same was decided for the same reason."""

    first: PolicyAnswer
    days: tuple[date, ...]
    due_fen: int
    paid_fen: int


def together(answers: Sequence[PolicyAnswer]) -> list[Same]:
    """Answers with one line for each policy and reason, by title."""
    groups: dict[tuple[object, ...], list[PolicyAnswer]] = {}
    for one in answers:
        key = (one.policy, one.outcome, one.document, one.sentence, one.changes)
        groups.setdefault(key, []).append(one)
    lines = [
        Same(
            first=each[0],
            days=tuple(sorted(one.day for one in each)),
            due_fen=sum(one.fen or 0 for one in each),
            paid_fen=sum(one.paid_fen for one in each),
        )
        for each in groups.values()
    ]
    return sorted(lines, key=lambda line: (line.first.title, line.days))


def letter_pdf(
    pupil: PupilInMask,
    term: AidTerm,
    answers: Sequence[PolicyAnswer],
    *,
    reasons: bool,
    on: date,
) -> bytes:
    """The letter about a pupil and a term.

    Args:
        pupil: Whose; the name is printed in its mask.
        term: Which.
        answers: As the reader may read them.
        reasons: Whether documents and reasons are printed, and what is not due at all; a school
            prints only what is due, by the plain names that it reads itself.
        on: The day of the letter.
    """
    lines = together(answers)
    due = [line for line in lines if line.first.outcome is Outcome.ENTITLED]
    head = bureau_name() if reasons else pupil.school
    data = {
        "bureau": writable(head),
        "title": _("Aid for your child in the term %(code)s") % {"code": term.code},
        "under": writable(f"{pupil.name} · {pupil.number} · {pupil.school}"),
        "parts": [
            _part(_("What your child gets"), [_gets(line, reasons=reasons) for line in due]),
            *(_reasons(lines) if reasons else ()),
        ],
        "sum": _sum(due),
        "nothing": _("Nothing."),
        "closing": _(
            "If something here is not as it is in truth, tell the class teacher or the aid office "
            "of the bureau, with a paper."
        ),
        "signed": writable(head),
        "day": on.isoformat(),
        "warning": _("Only for the family: hand it over closed. Do not post or forward."),
    }
    return render(TEMPLATE, data, made_on=on)


def _reasons(lines: Sequence[Same]) -> list[dict[str, object]]:
    by = {
        outcome: [_not(line) for line in lines if line.first.outcome is outcome]
        for outcome in (Outcome.UNDECIDED, Outcome.NOT_ENTITLED)
    }
    return [
        _part(_("What cannot be told yet, and why"), by[Outcome.UNDECIDED]),
        _part(_("What your child does not get, and why"), by[Outcome.NOT_ENTITLED]),
    ]


def _part(title: str, sentences: list[str]) -> dict[str, object]:
    return {"title": title, "sentences": [writable(one) for one in sentences]}


def _gets(line: Same, *, reasons: bool) -> str:
    sentence = (
        _(
            "%(title)s: %(due)s yuan for %(days)s, of which %(paid)s yuan were paid; "
            "by %(document)s."
        )
        if reasons and line.first.document
        else _("%(title)s: %(due)s yuan for %(days)s, of which %(paid)s yuan were paid.")
    )
    return sentence % {
        "title": line.first.title,
        "due": Fen(line.due_fen),
        "paid": Fen(line.paid_fen),
        "days": _days(line),
        "document": line.first.document,
    }


def _not(line: Same) -> str:
    said = _("%(title)s (%(document)s), %(days)s: %(why)s") % {
        "title": line.first.title,
        "document": line.first.document,
        "days": _days(line),
        "why": line.first.sentence,
    }
    paid = _("Paid %(got)s yuan.") % {"got": Fen(line.paid_fen)} if line.paid_fen else ""
    return " ".join(filter(None, (said, *line.first.changes, paid)))


def _days(line: Same) -> str:
    days = [day.isoformat() for day in line.days]
    match days:
        case [only]:
            return only
        case [first, second]:
            return _("%(first)s and %(second)s") % {"first": first, "second": second}
    return _("%(count)d counting days from %(first)s to %(last)s") % {
        "count": len(days),
        "first": days[0],
        "last": days[-1],
    }


def _sum(due: Sequence[Same]) -> str:
    return _("Together %(due)s yuan, of which %(paid)s yuan were paid.") % {
        "due": Fen(sum(line.due_fen for line in due)),
        "paid": Fen(sum(line.paid_fen for line in due)),
    }
