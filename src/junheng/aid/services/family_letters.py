"""A letter for a family: one sentence for each policy, with its document, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from junheng.aid.engine.outcomes import Outcome
from junheng.aid.models import AidTerm, Beneficiary, BeneficiaryStage
from junheng.aid.selectors.person import PolicyAnswer
from junheng.commons.documents import render, writable
from junheng.commons.furniture import bureau_name
from junheng.commons.masks import mask_name
from junheng.kernel.money import Fen
from junheng.registry.facade import PupilInMask

TEMPLATE = "aid/documents/family_letter.typ"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter is about.

    Attributes:
        under: The line under its title: name in a mask, number or stage, school.
        school: Who hands it over where the bureau does not.
        child: Whether it is read by the family of a child, or by the person.
    """

    under: str
    school: str
    child: bool = True


def about_pupil(pupil: PupilInMask) -> Addressee:
    """A letter for the family of a pupil."""
    return Addressee(f"{pupil.name} · {pupil.number} · {pupil.school}", pupil.school)


def about_beneficiary(one: Beneficiary) -> Addressee:
    """A letter for somebody outside grades 1 to 9; of a kindergarten, for the family."""
    name = mask_name(str(one.name)) if one.name else "—"
    under = f"{name} · {one.get_stage_display()} · {one.institution}"
    return Addressee(under, one.institution, child=one.stage == BeneficiaryStage.KINDERGARTEN)


@dataclass(frozen=True, slots=True)
class Same:
    """Counting days of a policy on which the same was decided for the same reason."""

    first: PolicyAnswer
    days: tuple[date, ...]
    due_fen: int
    paid_fen: int


def together(answers: Sequence[PolicyAnswer], *, exactly: bool = False) -> list[Same]:
    """Answers with one line for each policy and reason, by title.

    Args:
        answers: Of one person.
        exactly: Whether also each condition has to stand alike, for whoever reads them.
    """
    groups: dict[tuple[object, ...], list[PolicyAnswer]] = {}
    for one in answers:
        stands = one.clauses if exactly else ()
        key = (one.policy, one.outcome, one.document, one.sentence, one.basis, one.changes, stands)
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
    about: Addressee,
    term: AidTerm,
    answers: Sequence[PolicyAnswer],
    *,
    reasons: bool,
    on: date,
) -> bytes:
    """The letter about somebody and a term.

    Args:
        about: Whom.
        term: Which.
        answers: As the reader may read them.
        reasons: Whether documents and reasons are printed, and what is not due at all; a school
            prints only what is due, by the plain names that it reads itself.
        on: The day of the letter.
    """
    lines = together(answers)
    due = [line for line in lines if line.first.outcome is Outcome.ENTITLED]
    head = bureau_name() if reasons else about.school
    title = _("Aid for your child, %(term)s") if about.child else _("Your aid, %(term)s")
    gets = _("What your child gets") if about.child else _("What you get")
    data = {
        "bureau": writable(head),
        "title": title % {"term": term.name},
        "under": writable(about.under),
        "parts": [
            _part(gets, [_gets(line, reasons=reasons) for line in due]),
            *(_reasons(lines, child=about.child) if reasons else ()),
        ],
        "sum": _sum(due),
        "nothing": _("Nothing."),
        "closing": _(
            "If something here is not as it is in truth, tell the class teacher or the aid office "
            "of the bureau, with a paper."
        ),
        "signed": writable(head),
        "day": on.isoformat(),
        "warning": _("Only for the family: hand it over closed. Do not post or forward.")
        if about.child
        else _("Only for the person named: hand it over closed. Do not post or forward."),
    }
    return render(TEMPLATE, data, made_on=on)


def _reasons(lines: Sequence[Same], *, child: bool) -> list[dict[str, object]]:
    by = {
        outcome: [_not(line) for line in lines if line.first.outcome is outcome]
        for outcome in (Outcome.UNDECIDED, Outcome.NOT_ENTITLED)
    }
    return [
        _part(_("What cannot be told yet, and why"), by[Outcome.UNDECIDED]),
        _part(
            _("What your child does not get, and why")
            if child
            else _("What you do not get, and why"),
            by[Outcome.NOT_ENTITLED],
        ),
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
    said = sentence % {
        "title": line.first.title,
        "due": Fen(line.due_fen),
        "paid": Fen(line.paid_fen),
        "days": days_of(line),
        "document": line.first.document,
    }
    return " ".join(filter(None, (said, line.first.basis if reasons else "")))


def _not(line: Same) -> str:
    said = _("%(title)s (%(document)s), %(days)s: %(why)s") % {
        "title": line.first.title,
        "document": line.first.document,
        "days": days_of(line),
        "why": line.first.sentence,
    }
    paid = _("Paid %(got)s yuan.") % {"got": Fen(line.paid_fen)} if line.paid_fen else ""
    return " ".join(filter(None, (said, line.first.basis, *line.first.changes, paid)))


def days_of(line: Same) -> str:
    """The counting days of a line, in words."""
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
