"""What a family stated, where its application stands and what comes next, in its own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.statement import Need, Proof
from junheng.admissions.engine.verification import Code
from junheng.admissions.models import Application
from junheng.commons.masks import mask_id, mask_phone

State = Application.State
TONES = {
    State.RECEIVED: "info",
    State.CHECKING: "info",
    State.REVIEW: "info",
    State.ASKED: "warning",
    State.PASSED: "success",
    State.REFUSED: "danger",
    State.WITHDRAWN: "plain",
}
PROOFS = {
    Proof.HOUSEHOLD: gettext_lazy("household register"),
    Proof.HOUSE: gettext_lazy("property register"),
    Proof.RESIDENCE: gettext_lazy("residence permit"),
    Proof.WORK: gettext_lazy("work or business"),
}
NEEDS = {
    Need.ASSESSMENT: gettext_lazy("The school is chosen by an assessment of what the child needs."),
    Need.ABROAD: gettext_lazy("A person looks at documents from abroad."),
    Need.NO_RECORD: gettext_lazy("A person looks at it because there is no document yet."),
}
SEXES = {"1": gettext_lazy("boy"), "2": gettext_lazy("girl")}
RELATIONS = {
    "father": gettext_lazy("father"),
    "mother": gettext_lazy("mother"),
    "grandparent": gettext_lazy("grandparent"),
    "other": gettext_lazy("another guardian"),
}
SHOWN_OF_HOME = {
    "certificate": gettext_lazy("Number of the property certificate"),
    "owner": gettext_lazy("Owner, if it is not the guardian"),
    "permit": gettext_lazy("Number of the residence permit"),
    "work_number": gettext_lazy("Number of the social insurance or the business licence"),
}
WALK = (
    gettext_lazy("Submitted"),
    gettext_lazy("Checked"),
    gettext_lazy("Seats assigned"),
    gettext_lazy("Check-in"),
)


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next, who does it, and by when: always said."""

    what: str
    who: str
    when: str


def statement_rows(
    answers: Mapping[str, Any], *, own: bool = True, schools: Mapping[str, str] | None = None
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What was filled in, by page: name of the page, its title, and label with value.

    Numbers of documents are masked, and the telephone too unless it is the reader's own.

    Args:
        answers: By page, as a draft keeps them.
        own: Whether whoever reads it has filled it in.
        schools: Names by code, of a school where an older child is a pupil.
    """
    child, home, guardian = (answers.get(name, {}) for name in ("child", "home", "guardian"))
    return [
        ("child", _("Your child"), [*_of_child(child)]),
        ("home", _("Your home"), [*_of_home(home)]),
        ("guardian", _("The guardian"), [*_of_guardian(guardian, own=own, schools=schools or {})]),
        *_wishes(_named(answers.get("wishes", ()))),
    ]


Rows = Iterator[tuple[str, str]]


def _of_child(child: Mapping[str, Any]) -> Rows:
    yield _("Child's name"), child.get("name", "")
    yield _("Number of the document"), mask_id(child.get("number", "")) or "–"
    yield _("Born on"), child.get("born_on", "")
    if sex := SEXES.get(child.get("sex", "")):
        yield _("Sex"), str(sex)
    for need in child.get("needs", ()):
        yield _("To be settled by a person"), str(NEEDS[Need(need)])


def _of_home(home: Mapping[str, Any]) -> Rows:
    claims = [str(PROOFS[Proof(claim)]) for claim in home.get("claims", ())]
    yield _("Address"), f"{home.get('village', '')} {home.get('address', '')}".strip()
    yield _("To be checked with"), _(", ").join(claims) or _("a reviewer")
    for name, label in SHOWN_OF_HOME.items():
        if home.get(name):
            yield str(label), home[name]
    yield _("Schools of this address"), _schools(home.get("schools", ()))


def _of_guardian(guardian: Mapping[str, Any], *, own: bool, schools: Mapping[str, str]) -> Rows:
    yield _("Guardian's name"), guardian.get("name", "")
    if relation := RELATIONS.get(guardian.get("relation", "")):
        yield _("Relation to the child"), str(relation)
    yield _("Number of the document"), mask_id(guardian.get("number", ""))
    phone = guardian.get("phone", "")
    yield _("Mobile number"), _phone(phone, own=own) or _("none")
    if school := guardian.get("sibling_school"):
        yield _("Older brother or sister"), f"{guardian['sibling']} · {schools.get(school, school)}"


def _named(wishes: Mapping[str, Sequence[str]] | Sequence[str]) -> Sequence[str]:
    """The wishes of a page that was filled in by name; those of a statement are codes."""
    return wishes.get("names", ()) if isinstance(wishes, Mapping) else wishes


def _wishes(names: Sequence[str]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """The family's list in its order, where it said something of it."""
    if names:
        rows = [(_("Wish %d") % rank, name) for rank, name in enumerate(names, start=1)]
        yield "wishes", _("Your wishes"), rows


def _phone(phone: str, *, own: bool) -> str:
    return phone if own else mask_phone(phone)


def _schools(schools: Sequence[Sequence[str]]) -> str:
    return _(", ").join(name for _code, name in schools) or _("a reviewer finds out")


def next_of(application: Application, *, freeze: str, publication: str) -> Next:
    """What happens next for an application.

    Args:
        application: Whose.
        freeze: Until when checking goes on, as text.
        publication: When results come out, as text.
    """
    state = application.state
    program, bureau, you = _("the program"), _("the bureau"), _("you")
    if state in (State.RECEIVED, State.CHECKING):
        return Next(_("What you stated is compared with the registers."), program, freeze)
    if state == State.REVIEW:
        return Next(_("A reviewer looks at what the registers could not settle."), bureau, freeze)
    if state == State.ASKED:
        return Next(_("Please complete what is named below, all at once."), you, freeze)
    if state == State.PASSED:
        return Next(
            _("Seats are assigned in public; the order of applying does not count."),
            bureau,
            publication,
        )
    if state == State.REFUSED:
        return Next(
            _("You can object; every objection gets an answer with its reasons."), you, publication
        )
    return Next(_("Nothing: you took the application back. You may apply again."), you, "")


SETTLED = (Code.PROVED, Code.SIBLING_HERE, Code.ASSESSED, Code.TIER)


def is_open(reason: Mapping[str, Any]) -> bool:
    """Whether a reason says what is still missing."""
    return Code(reason["code"]) not in SETTLED


def reason_words(reason: Mapping[str, Any]) -> str:
    """A reason of a verification as a sentence."""
    code, figures = Code(reason["code"]), reason["figures"]
    if code in PROVED_WORDS:
        register = PROOFS[Proof(figures["proof"])]
        date = figures.get("as_of", "")
        words = str(PROVED_WORDS[code]) % {"register": register}
        return f"{words} ({date})" if date else words
    if code is Code.NEEDS_PERSON:
        return str(NEEDS[Need(figures["need"])])
    return str(str(OTHER_WORDS[code]) % figures)


PROVED_WORDS = {
    Code.PROVED: gettext_lazy("Agrees with the %(register)s."),
    Code.UNCLEAR: gettext_lazy("The %(register)s has an entry that may be yours."),
    Code.DIFFERS: gettext_lazy("The %(register)s says something else."),
    Code.NOT_FOUND: gettext_lazy("The %(register)s has no such entry."),
    Code.WAITING: gettext_lazy("The %(register)s does not answer now; it is asked again."),
    Code.NOT_ASKED: gettext_lazy("The %(register)s cannot be asked by the program."),
}
OTHER_WORDS = {
    Code.HOUSE_USED: gettext_lazy(
        "In %(year)s this home already gave another family a seat; it does so for %(years)s years."
    ),
    Code.SIBLING: gettext_lazy("The school of the brother or sister is confirmed by a person."),
    Code.SIBLING_HERE: gettext_lazy(
        "The register of pupils has the brother or sister at the school named."
    ),
    Code.ASSESSED: gettext_lazy("Assessed by %(by)s on %(on)s: %(school)s."),
    Code.NO_TIER: gettext_lazy("What is shown fits no group of the round's rules."),
    Code.NO_ZONE: gettext_lazy("The address lies in no zone that the program knows."),
    Code.TIER: gettext_lazy("Group %(tier)s of the rules (clause %(clause)s)."),
}
