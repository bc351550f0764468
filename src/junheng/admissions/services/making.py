"""A round made on a page: its rules, its text and its ages, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.clauses import due_in
from junheng.admissions.files.raw import RawRules
from junheng.admissions.files.rules import check_rules
from junheng.admissions.models import Round
from junheng.admissions.services import private
from junheng.admissions.services.acts import (
    Deed,
    OutOfTurn,
    locked,
    log,
    matter_of,
    require,
)
from junheng.admissions.services.planning import follow_cap
from junheng.admissions.services.reading import rules_as_json
from junheng.admissions.services.seeds import PREVIEW_SEED
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal
from junheng.kernel.faults import Refused
from junheng.places.facade import Place

Sections = Mapping[str, Mapping[str, object]]


class RoundExists(Refusal):
    """The county has a round of this name."""


class NoText(OutOfTurn):
    """The round says nothing to families yet."""


class RulesFromFiles(Refusal):
    """The rules came with the files and change with them."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a round says besides the rules that the program reads.

    Attributes:
        policy: Its text, as families read it.
        born_from, born_by: Days of birth of those who are due; None asks nothing.
    """

    policy: str
    born_from: date | None
    born_by: date | None


def make_round(
    place: Place,
    sections: Sections,
    announced: Announced,
    *,
    by: User,
    second_of: Round | None = None,
) -> Round:
    """Make a planned round.

    Args:
        place: The county.
        sections: Rules as `round.toml` has them, by section and key.
        announced: Text and ages; without any age those whom the law names.
        by: Who makes it.
        second_of: The round whose seats are left over for this one.

    Raises:
        Refused: With every rule that cannot stand so.
        RoundExists: If the county has a round of this name.
    """
    rules = _rules(sections)
    ref, year, level = (str(rules["ref"]), int(rules["year"]), str(rules["level"]))
    due = due_in(year, level)
    if due and announced.born_from is None and announced.born_by is None:
        announced = Announced(announced.policy, *due)
    with transaction.atomic():
        made, new = Round.objects.get_or_create(
            place=place,
            ref=ref,
            defaults={
                "path": place.path,
                "year": year,
                "level": level,
                "rules": rules,
                "created_by": by,
                "second_of": second_of,
                **_facts(announced),
            },
        )
        if not new:
            raise RoundExists(_("There is a round %s already. Choose another reference.") % ref)
        log(made, Deed.MADE, by=by, ref=ref)
    the_round: Round = made
    return the_round


def change_round(
    the_round: Round, announced: Announced, *, by: User, sections: Sections | None = None
) -> int:
    """Change text and ages of a planned round, and its rules as long as no files brought them.

    Returns:
        How many schools of the plan have other seats by the new class cap.

    Raises:
        OutOfTurn: If it was opened already.
        RulesFromFiles: If rules are given though files are loaded.
        NegativeSeats: If a school of the plan has more seats taken than the new cap leaves.
        Refused: With every rule that cannot stand so.
    """
    noted = noting(
        "admissions.change_round", by=by, matter=matter_of(the_round), path=the_round.path
    )
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        if sections is not None and held.input_id is not None:
            raise RulesFromFiles(_("The rules came with the files. Load files with other rules."))
        if sections is not None:
            own = {"ref": held.ref, "year": held.year, "level": held.level}
            held.rules = _rules({**sections, "round": {**sections["round"], **own}})
        for name, value in _facts(announced).items():
            setattr(held, name, value)
        held.save(update_fields=["rules", *_facts(announced)])
        private.follow_register(held)
        moved = follow_cap(held)
        log(held, Deed.PLANNED, by=by, text=_("text, ages and rules"))
    return moved


def require_text(the_round: Round) -> None:
    """Make sure that families can read what holds.

    Raises:
        NoText: If no text is written.
    """
    if not the_round.policy.strip():
        raise NoText(_("Write the text of the rules first: families read it from the opening on."))


def _facts(announced: Announced) -> dict[str, Any]:
    return {name: getattr(announced, name) for name in Announced.__slots__}


def _rules(sections: Sections) -> dict[str, Any]:
    stand_in = PREVIEW_SEED.get(str(sections["lottery"]["method"]), "")
    read = check_rules(RawRules("", sections, {}).with_seed(stand_in))
    rules = read.finished()
    if rules is None:
        raise Refused(list(read.faults))
    return rules_as_json(rules)
