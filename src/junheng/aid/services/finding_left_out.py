"""The other way: whom a register calls poor, and who belongs to no household that we know.

Only registers that speak for need are read so: nobody's payroll, car or deposits are looked up who
has not signed for it. That is why being in none of them says nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from junheng.aid.engine.hits import kept
from junheng.aid.engine.hits import look as look_at
from junheng.aid.models import CheckRule, LeftOut
from junheng.aid.selectors.merges import paths_today
from junheng.aid.snapshots.checks import Frozen, delivered, grouped, members
from junheng.commons.models import Run
from junheng.commons.sealing import blind_index
from junheng.evidence.facade import Person, clean_name, comparable, pairs_of
from junheng.places.facade import Level, Place, place_by_code

MARK = "aid.left_out"
KNOWN_FROM = 0.5
"""Probability from which somebody counts as one of a household that is known already."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody left out, not yet written."""

    person: Person
    rule: CheckRule
    place: Place
    as_of: date
    sealed: str

    @property
    def mark(self) -> str:
        """Who was found by which rule: the same in the next delivery."""
        return mark(self.person, self.rule, self.place)

    @property
    def line(self) -> str:
        """As the listing of the run has it: references, no name."""
        return f"left_out,{self.rule.ref},,,{self.mark}"


def mark(person: Person, rule: CheckRule, place: Place) -> str:
    """By number, or else by name, birthday and place."""
    who = f"{clean_name(person.name)} {person.born_on or ''} {place.code}"
    number = comparable(person.resident_id) if person.resident_id else ""
    return blind_index(f"{number or who} {rule.ref}", MARK)


def mark_of(row: LeftOut) -> str:
    """The mark of a row, made again; "" for one that was emptied."""
    if not row.name:
        return ""
    who = Person(str(row.name), str(row.resident_id or ""), row.born_on)
    return mark(who, row.rule, row.place)


def look(frozen: Frozen, rules: Sequence[CheckRule]) -> list[Somebody]:
    """Everybody whom these rules find in no household of the county."""
    asked = [one for one in rules if one.connection_id in frozen.deliveries]
    if not asked:
        return []
    county = place_by_code(frozen.county)
    ours = members(frozen.day, Q(household__village__path__startswith=county.path))
    known = [one.person for one in ours]
    rows = Place.objects.filter(level=Level.VILLAGE, path__startswith=county.path)
    villages = {one.code: one for one in rows.only("pk", "code", "path")}
    found = [one for rule in asked for one in _unknown(frozen, rule, known, villages, county)]
    return list({one.mark: one for one in found}.values())


def _unknown(
    frozen: Frozen,
    rule: CheckRule,
    known: Sequence[Person],
    villages: Mapping[str, Place],
    county: Place,
) -> list[Somebody]:
    entries = delivered(frozen, rule)
    theirs, facts = grouped(entries)
    pairs = pairs_of(known, theirs)
    ours = {one.right for one in pairs if one.certain or one.probability >= KNOWN_FROM}
    found = []
    for row, (person, several) in enumerate(zip(theirs, facts, strict=True)):
        counting = look_at(rule.condition, several).counting
        if row not in ours and counting:
            place = villages.get(person.place, county)
            sealed = kept(several[one] for one in counting)
            found.append(Somebody(person, rule, place, entries.as_of, sealed))
    return found


def write(run: Run, found: Sequence[Somebody]) -> int:
    """Those who are new become rows, each at the village that the register names.

    Seen by whoever sees that village's households today: it may be part of another one since.
    """
    rows = LeftOut.objects.filter(mark__in=[one.mark for one in found])
    known = set(rows.values_list("mark", flat=True))
    fresh = [one for one in found if one.mark not in known]
    paths = paths_today(one.place for one in fresh)
    LeftOut.objects.bulk_create(
        (_row(run, one, paths[one.place.pk]) for one in fresh), batch_size=2_000
    )
    return len(fresh)


def _row(run: Run, one: Somebody, path: str) -> LeftOut:
    return LeftOut(
        run=run,
        rule=one.rule,
        place=one.place,
        path=path,
        register=one.rule.register,
        source=one.rule.connection.name,
        as_of=one.as_of,
        name=one.person.name,
        resident_id=one.person.resident_id or None,
        born_on=one.person.born_on,
        mark=one.mark,
        sealed=one.sealed,
    )
