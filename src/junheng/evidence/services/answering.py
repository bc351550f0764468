"""From the rows of a register that may be meant to one reply: found, to be looked at, or nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from junheng.evidence.engine.matching import Judged, Verdict, judge_all
from junheng.evidence.engine.names import clean_place
from junheng.evidence.engine.people import Person
from junheng.evidence.files.columns import KEYS
from junheng.evidence.models import Connection, State

Facts = Mapping[str, str]
Asked = tuple[Person, Mapping[str, str]]
"""About whom, and what else the family stated, by column."""

RANKS = (
    State.FOUND,
    State.PROBABLE,
    State.SEVERAL,
    State.UNAVAILABLE,
    State.NOT_FOUND,
    State.NOT_CONNECTED,
)
"""Which reply counts when a register has several connections; an outage is not a "nobody"."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one connection said to one question."""

    state: State
    probability: float = 0.0
    facts: Facts = field(default_factory=dict)
    agreed: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    note: str = ""
    connection: Connection | None = None
    as_of: date | None = None

    def sealed(self) -> str | None:
        """The facts as they are stored; None where there are none."""
        return json.dumps(dict(self.facts), ensure_ascii=False) if self.facts else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A row, what it has to do with the person, and with what else was asked."""

    facts: Facts
    judged: Judged
    agreed: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def certain(self) -> bool:
        return self.judged.verdict == Verdict.CERTAIN

    def reply(self, state: State, note: str = "") -> Reply:
        agreed, differs = self.judged.agreed + self.agreed, self.judged.differs + self.differs
        return Reply(state, self.judged.probability, self.facts, agreed, differs, note)


def best_of(replies: Iterable[Reply]) -> Reply:
    """The reply that says most, of several connections; the newest of those that say as much."""
    return min(
        replies,
        key=lambda reply: (
            RANKS.index(reply.state),
            -reply.probability,
            -(reply.as_of or date.min).toordinal(),
        ),
    )


def look_at(
    asked: Sequence[Asked], rows: Sequence[Sequence[Facts]], *, register_size: int
) -> list[list[Seen]]:
    """Judge all rows of all questions at once.

    Args:
        asked: Whom somebody asks for.
        rows: For each question what may be meant: same number, same sound of name, or same key.
        register_size: How many rows the register has.

    Returns:
        For each question its rows, each content once, the likeliest first.
    """
    different = [_once(found) for found in rows]
    judged = judge_all(
        [
            (person, [person_of(row, by_code=person.place.isdigit()) for row in found])
            for (person, _), found in zip(asked, different, strict=True)
        ],
        register_size=register_size,
    )
    return [
        sorted(
            (Seen(row, verdict, *_about(about, row)) for row, verdict in zip(*both, strict=True)),
            key=lambda seen: (not seen.certain, -seen.judged.probability),
        )
        for (_, about), *both in zip(asked, different, judged, strict=True)
    ]


def conclude(one: Asked, seen: Sequence[Seen], *, key: str) -> Reply:
    """What a register's rows say to one question.

    Args:
        one: Whom somebody asks for.
        seen: From `look_at`.
        key: The column that names a house or a permit, "" where there is none.
    """
    meant = [row for row in seen if row.judged.verdict != Verdict.NONE]
    if not meant:
        return _nobody(seen, key)
    certain = [row for row in meant if row.certain]
    if not certain:
        return _doubtful(meant)
    return _known(certain, key if one[1].get(key) else "")


def _once(rows: Sequence[Facts]) -> list[Facts]:
    if len(rows) < 2:
        return list(rows)
    return list({json.dumps(dict(row), sort_keys=True): row for row in rows}.values())


def person_of(facts: Facts, *, by_code: bool) -> Person:
    """The person that a row is about; the place as a code where the question has one."""
    born = facts.get("born_on", "")
    place = facts.get("place_code", "") if by_code else facts.get("address", "")
    day = date.fromisoformat(born) if born else None
    return Person(facts.get("name", ""), facts.get("resident_id", ""), day, place)


def _about(about: Mapping[str, str], row: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of the things asked about the row confirms, and which it contradicts."""
    agreed: list[str] = []
    differs: list[str] = []
    for column, stated in about.items():
        one, other = clean_place(stated), clean_place(row.get(column, ""))
        if one and other:
            exact = column in KEYS.values()
            same = one == other if exact else one in other or other in one
            (agreed if same else differs).append(column)
    return tuple(agreed), tuple(differs)


def _known(certain: list[Seen], key: str) -> Reply:
    """Of a person who is certain: the row that was asked about."""
    fitting = [row for row in certain if key in row.agreed] if key else certain
    if not fitting:
        note = _("The person is there, but not with the number that was stated.")
        return certain[0].reply(State.PROBABLE, note)
    most = max(len(row.agreed) - len(row.differs) for row in fitting)
    best = [row for row in fitting if len(row.agreed) - len(row.differs) == most]
    if len(best) == 1:
        return best[0].reply(State.FOUND)
    note = _("The person is there %(count)d times with different contents.") % {"count": len(best)}
    return best[0].reply(State.SEVERAL, note)


def _doubtful(meant: list[Seen]) -> Reply:
    """Of people who may be meant: the likeliest, and a word if there are more."""
    first, others = meant[0], meant[1:]
    if not others:
        return first.reply(State.PROBABLE)
    note = _("%(count)d entries may be meant; this is the likeliest.") % {"count": len(meant)}
    return first.reply(State.SEVERAL, note)


def _nobody(seen: Sequence[Seen], key: str) -> Reply:
    if key and any(key in row.agreed for row in seen):
        note = _("The number that was stated is there, under another name.")
        return Reply(State.NOT_FOUND, differs=("name",), agreed=(key,), note=note)
    return Reply(State.NOT_FOUND)


def signed(reply: Reply, connection: Connection, as_of: date | None) -> Reply:
    """The same reply, with whose it is and of when."""
    return replace(reply, connection=connection, as_of=as_of)
