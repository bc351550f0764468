"""Whom a check asks about and what the registers hold, as the engine of matching takes it.

People are read in the clear only while they are compared; what is frozen are references.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from junheng.aid.models import CheckAuthorisation, CheckRule, HouseholdMember, Speaks
from junheng.commons.dated import current_on
from junheng.commons.models import Snapshot
from junheng.commons.refusals import Refusal
from junheng.commons.snapshots import freeze, thaw
from junheng.evidence.facade import (
    Connection,
    Entries,
    Person,
    clean_name,
    comparable,
    entries_delivered,
    newest_of,
)
from junheng.kernel.canonical import canonical_json
from junheng.places.facade import Place

KIND = "aid.cross_check"
ABOUT = "check.json"
Facts = dict[str, str]


class DeliveredAnew(Refusal):
    """A register that the check was asked of is not there any more."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a check is made from.

    Attributes:
        rules: By their keys.
        deliveries: Of each connection with tables, the deliveries that are asked.
        services: Of each connection that is a service, the fingerprint of how it is asked.
        signed: Of each household, the authorisation for each register.
    """

    day: date
    county: str
    rules: tuple[int, ...]
    deliveries: Mapping[int, tuple[UUID, ...]]
    services: Mapping[int, str]
    signed: Mapping[int, Mapping[str, int]]

    def signed_for(self, register: str) -> dict[int, int]:
        """Of each household that signed for a register, its authorisation."""
        return {home: by[register] for home, by in self.signed.items() if register in by}


def freeze_check(place: Place, rules: Sequence[CheckRule], day: date) -> Snapshot:
    """Freeze which rules ask which deliveries about whom, by references alone."""
    asked = {one.connection_id: one.connection for one in rules}
    tables = sorted(pk for pk, one in asked.items() if one.way == Connection.Way.TABLES)
    about = {
        "day": day.isoformat(),
        "county": place.code,
        "rules": [{"pk": one.pk, **_rule(one)} for one in rules],
        "deliveries": {str(pk): _delivered(newest_of(pk)) for pk in tables},
        "services": {
            str(pk): {"name": one.name, "sha256": described(one)}
            for pk, one in sorted(asked.items())
            if pk not in tables
        },
        "signed": {str(home): by for home, by in sorted(signed_for(place.path, day).items())},
    }
    return freeze(KIND, {ABOUT: canonical_json(about)})


def described(connection: Connection) -> str:
    """The fingerprint of how a service is asked."""
    return hashlib.sha256(connection.description.encode()).hexdigest()


def _rule(one: CheckRule) -> dict[str, Any]:
    names = ("register", "speaks", "test", "column", "least_fen", "words", "document", "article")
    return {"ref": str(one.ref), **{name: getattr(one, name) for name in names}}


def _delivered(found: Entries | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "deliveries": [str(pk) for pk in found.deliveries],
        "sha256": list(found.fingerprints),
        "as_of": found.as_of.isoformat(),
        "rows": found.rows,
    }


def thawed(snapshot: Snapshot) -> Frozen:
    """The same again."""
    about = json.loads(thaw(snapshot)[ABOUT])
    return Frozen(
        day=date.fromisoformat(about["day"]),
        county=about["county"],
        rules=tuple(one["pk"] for one in about["rules"]),
        deliveries={
            int(pk): tuple(UUID(one) for one in found["deliveries"])
            for pk, found in about["deliveries"].items()
            if found is not None
        },
        services={int(pk): one["sha256"] for pk, one in about.get("services", {}).items()},
        signed={int(home): by for home, by in about["signed"].items()},
    )


def delivered(frozen: Frozen, rule: CheckRule) -> Entries:
    """The very rows that a rule was to be asked of.

    Raises:
        DeliveredAnew: If they were taken back, or a newer delivery took their place.
    """
    entries = entries_delivered(frozen.deliveries[rule.connection_id])
    if entries is None:
        raise DeliveredAnew(
            _("The register “%(name)s” was delivered anew meanwhile. Start the check again.")
            % {"name": rule.connection.name}
        )
    return entries


def served(frozen: Frozen, rule: CheckRule) -> Connection:
    """The service that a rule was to ask, asked as it was to be.

    Raises:
        DeliveredAnew: If it is described in another way meanwhile, or its connection ended.
    """
    source: Connection = rule.connection
    if source.ended_on is not None or described(source) != frozen.services[source.pk]:
        raise DeliveredAnew(
            _("The service “%(name)s” was changed or ended meanwhile. Start the check again.")
            % {"name": source.name}
        )
    return source


def signed_for(path: str, day: date) -> dict[int, dict[str, int]]:
    """Of the households of a place, the authorisation that holds for each register."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = CheckAuthorisation.objects.below(path).filter(
        withdrawn_at=None, valid_from__lte=day, valid_to__gt=day
    )
    for row in rows.order_by("valid_from", "pk"):
        for register in row.registers:
            found[row.household_id][register] = row.pk
    return dict(found)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household, as it is compared."""

    key: UUID
    household: int
    person: Person


def members(day: date, which: Q) -> list[Member]:
    """People of households on a day, in the clear."""
    rows = HouseholdMember.objects.filter(which, current_on(day), name__isnull=False)
    rows = rows.select_related("household__village").order_by("pk")
    return [
        Member(
            row.pk,
            row.household_id,
            Person(
                str(row.name), str(row.resident_id or ""), row.born_on, row.household.village.code
            ),
        )
        for row in rows.defer("household__village__outline").iterator(2_000)
    ]


def grouped(entries: Iterable[tuple[str, Facts]]) -> tuple[list[Person], list[list[Facts]]]:
    """The people of a register, each once, with all their entries: a person may own two cars."""
    found: dict[tuple[str, ...], list[Facts]] = {}
    for _ref, facts in entries:
        found.setdefault(_whose(facts), []).append(facts)
    return [_person(several[0]) for several in found.values()], list(found.values())


def _whose(facts: Facts) -> tuple[str, ...]:
    name, number = clean_name(facts.get("name", "")), facts.get("resident_id", "")
    if number:
        return name, comparable(number)
    return name, facts.get("born_on", ""), facts.get("place_code", "")


def _person(facts: Facts) -> Person:
    born = facts.get("born_on")
    return Person(
        facts.get("name", ""),
        facts.get("resident_id", ""),
        date.fromisoformat(born) if born else None,
        facts.get("place_code", ""),
    )


def rules_on(place: Place, day: date, speaks: Speaks | None = None) -> list[CheckRule]:
    """The rules of a county that hold on a day."""
    rows = CheckRule.objects.filter(place=place).on(day).select_related("connection")
    return list(rows.filter(speaks=speaks) if speaks else rows)
