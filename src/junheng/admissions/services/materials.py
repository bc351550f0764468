"""The list of papers of a round: drafted, held against the rules, fixed with the opening."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.materials import Against, Asked, Rule, against
from junheng.admissions.models import Duty, Material, MaterialList, ProofMatter, Round, RoundContact
from junheng.admissions.models.materials import STANDARD_MATTERS
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log
from junheng.admissions.services.sample_drawings import drawn
from junheng.admissions.services.samples import keep_sample
from junheng.commons.documents.fonts import NoFonts
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import Register, connected

HELD_BY = {
    "identity": [Register.HOUSEHOLD],
    "household": [Register.HOUSEHOLD],
    "house": [Register.REAL_ESTATE],
    "residence": [Register.RESIDENCE_PERMIT],
    "work": [Register.SOCIAL_INSURANCE, Register.BUSINESS_LICENCE, Register.TAX],
}
"""Which registers hold the standard matters."""
State = Round.State


class AgainstTheRules(Refusal):
    """A paper that may not be asked for; it says which rule stands against it."""


class NoDraft(Refusal):
    """Nothing can be changed: the list is published, or the round is over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper as an officer fills it in; `sample` is the hash of its picture, blank for none."""

    matter: int
    case: int
    name: str
    duty: str
    basis_document: str
    basis_number: str
    basis_clause: str
    format: str = ""
    sample: str = ""
    needs: tuple[str, ...] = ()


def matters() -> list[ProofMatter]:
    """What can be proved, today; the standard ones come into being with the first look."""
    known = set(ProofMatter.objects.filter(valid_to=None).values_list("code", flat=True))
    for code in STANDARD_MATTERS:
        if code not in known:
            held = [register.value for register in HELD_BY.get(code, [])]
            ProofMatter.objects.get_or_create(
                code=code, valid_to=None, defaults={"registers": held}
            )
    return list(ProofMatter.objects.current())


def registers_for(the_round: Round) -> list[str]:
    """The registers that can be asked for this round's county, by code."""
    return sorted(register.value for register in connected(the_round.path))


def draft(the_round: Round) -> MaterialList | None:
    """The version that is being written, None if there is none."""
    return MaterialList.objects.filter(round=the_round, fixed_at=None).first()


def put(the_round: Round, wanted: Wanted, *, by: User, pk: int | None = None) -> Material:
    """Add a paper to the draft, or change one of it.

    Raises:
        NoDraft: If the list is published and no new version was begun.
        AgainstTheRules: If a rule stands against it; nothing is written.
    """
    with transaction.atomic(), reason(_("List of papers")):
        the_list = _open_draft(the_round)
        row = Material(list=the_list)
        if pk is not None:
            row = Material.objects.select_for_update().get(list=the_list, pk=pk)
        for name in Wanted.__slots__:
            setattr(row, "matter_id" if name == "matter" else name, getattr(wanted, name))
        row.needs = list(wanted.needs)
        others = the_list.materials.exclude(pk=row.pk).select_related("matter")
        _require_fit([row], list(others), the_list.connected)
        row.save()
    return row


def begin_with_usual(the_round: Round, *, by: User | None) -> int:
    """Fill an empty list with the papers that most counties ask for; how many those are.

    What a connected register holds is fetched, everything else is to be brought. Each has a sample
    that the program draws, until the bureau puts its own in its place.

    Raises:
        NoDraft: If something is on the list already, or it is published.
    """
    known = {matter.code: matter for matter in matters()}
    with transaction.atomic(), reason(_("List of papers")):
        the_list = _open_draft(the_round)
        if the_list.version > 1 or the_list.materials.exists():
            raise NoDraft(_("There are papers on the list already."))
        rows = [
            Material(list=the_list, **row | {"matter": known[row["matter"]]}) for row in _usual()
        ]
        for row in rows:
            held = set(row.matter.registers) & set(the_list.connected)
            row.duty = Duty.FETCHED if held else Duty.BRING
            with suppress(NoFonts):  # a list without pictures is a list
                row.sample = keep_sample(drawn(row.matter.code, row.name))
            row.save()
    return len(rows)


def _usual() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("usual_materials.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["material"]
    return found


def remove(the_round: Round, pk: int) -> None:
    """Take a paper off the draft.

    Raises:
        NoDraft: If there is no draft.
    """
    with transaction.atomic(), reason(_("List of papers")):
        _open_draft(the_round).materials.filter(pk=pk).delete()


def begin_version(the_round: Round, why: str, *, by: User) -> MaterialList:
    """Begin the next version of a published list, with everything that is on it now.

    Raises:
        OutOfTurn: If there is a draft already, or the round is planned or closed.
        NoDraft: If no reason is given.
    """
    if not why.strip():
        raise NoDraft(_("A new version of a published list needs a reason; families read it."))
    with transaction.atomic():
        held = locked(the_round.pk)
        newest = MaterialList.objects.filter(round=held).first()
        if newest is None or newest.fixed_at is None or held.state in (State.PLANNED, State.CLOSED):
            raise OutOfTurn(_("There is no published list that could get a new version."))
        made = MaterialList.objects.create(
            round=held,
            version=newest.version + 1,
            reason=why.strip(),
            connected=newest.connected,
        )
        for row in newest.materials.all():
            row.pk, row.list = None, made
            row.save()
        made.connected = registers_for(held)
        made.save(update_fields=["connected"])
    return made


def publish_version(the_round: Round, *, by: User) -> MaterialList:
    """Publish the draft of an opened round.

    Raises:
        OutOfTurn: If the round is still planned: then the list is published with its opening.
        NoDraft: If there is no draft.
        AgainstTheRules: If a rule stands against one of its papers meanwhile.
    """
    with transaction.atomic():
        held = locked(the_round.pk)
        if held.state == State.PLANNED:
            raise OutOfTurn(_("The list is published when the round is opened."))
        fixed = _fix(_open_draft(held), held, by)
        log(held, Deed.MATERIALS, by=by, version=fixed.version, reason=fixed.reason)
    return fixed


def fix_with_opening(the_round: Round, *, by: AbstractBaseUser | None) -> None:
    """Fix the first version in the moment the round is opened.

    Raises:
        AgainstTheRules: If a rule stands against one of its papers.
    """
    found = draft(the_round)
    if found is not None:
        _fix(found, the_round, by)


def require_rules(the_round: Round) -> None:
    """Make sure that nothing on the draft is against the rules today.

    Raises:
        AgainstTheRules: With every rule that stands against one of its papers.
    """
    found = draft(the_round)
    if found is not None:
        rows = list(found.materials.select_related("matter"))
        _require_fit(rows, rows, registers_for(the_round))


def _fix(the_list: MaterialList, the_round: Round, by: AbstractBaseUser | None) -> MaterialList:
    the_list.connected = registers_for(the_round)
    rows = list(the_list.materials.select_related("matter"))
    _require_fit(rows, rows, the_list.connected)
    the_list.fixed_at, the_list.fixed_by_id = timezone.now(), by.pk if by else None
    the_list.save()
    return the_list


def _open_draft(the_round: Round) -> MaterialList:
    """The draft, held until the transaction ends and aware of today's registers."""
    drafts = MaterialList.objects.select_for_update().filter(round=the_round, fixed_at=None)
    found = drafts.first()
    registers = registers_for(the_round)
    if found is not None:
        if found.connected != registers:
            found.connected = registers
            found.save(update_fields=["connected"])
        return found
    held = locked(the_round.pk)
    if held.state != State.PLANNED or MaterialList.objects.filter(round=held).exists():
        raise NoDraft(_("This list is published. Begin a new version to change it."))
    return MaterialList.objects.create(round=held, connected=registers)


def _require_fit(
    rows: Iterable[Material], all_rows: Sequence[Material], registers: Sequence[str]
) -> None:
    said = []
    for row in rows:
        others = [_asked(other) for other in all_rows if other is not row]
        found = against(_asked(row), others, row.matter.registers, registers)
        said += [in_words(one, row.matter) for one in found]
    if said:
        raise AgainstTheRules(" ".join(dict.fromkeys(said)))


def _asked(row: Material) -> Asked:
    basis = (row.basis_document, row.basis_number, row.basis_clause)
    return Asked(row.name, row.matter.code, row.case, row.duty, basis, tuple(row.needs))


def in_words(found: Against, matter: ProofMatter) -> str:
    """Which rule stands against a paper, as an officer reads it."""
    told = {
        Rule.NO_BASIS: _(
            "Rule 1, no paper without a legal basis: name the law or regulation, its number and "
            "the clause for “%(paper)s”, or do not ask for it."
        ),
        Rule.HELD: _(
            "Rule 2, what a register holds is not asked of families: %(register)s is connected "
            "and holds “%(matter)s”. Choose “fetched by the bureau itself” for “%(paper)s”."
        ),
        Rule.NOT_HELD: _(
            "No register that is connected holds “%(matter)s”, so the bureau cannot fetch "
            "“%(paper)s” itself."
        ),
        Rule.TWICE: _(
            "Rule 3, one thing is proved once: “%(other)s” proves “%(matter)s” of the same "
            "families already."
        ),
        Rule.AFTERWARDS: _(
            "Rule 4, no paper that nobody can have: “%(paper)s” is issued only to children who "
            "have been admitted, so no family can bring it before."
        ),
        Rule.CIRCLE: _(
            "Rule 4, no paper that nobody can have: these need each other: %(circle)s. Take one "
            "of them off, or let the bureau fetch it."
        ),
    }
    register = found.points_to if found.rule == Rule.HELD else ""
    return told[found.rule] % {
        "paper": found.paper,
        "matter": str(matter),
        "circle": " → ".join(f"“{name}”" for name in found.circle),
        "other": found.points_to,
        "register": Register(register).label if register else "",
    }


def say_contact(
    the_round: Round, *, hotline: str, supervision: str, counters: str, by: User | None
) -> None:
    """Set the telephones and counters of a round; they may change at any time.

    Raises:
        NoDraft: If the round is closed.
    """
    with transaction.atomic(), reason(_("Telephones and counters")):
        held = locked(the_round.pk)
        if held.state == State.CLOSED:
            raise NoDraft(_("This round is closed."))
        RoundContact.objects.update_or_create(
            round=held,
            defaults={"hotline": hotline, "supervision": supervision, "counters": counters},
        )
        log(held, Deed.CONTACT, by=by)
