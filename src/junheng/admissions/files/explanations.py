"""`explanations.jsonl`: one child a line, out of the engine's reasons and back again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any

from junheng.admissions.engine.reasons import (
    Change,
    ChangeKind,
    Claim,
    DiversionReason,
    Diverted,
    Drawing,
    Explanation,
    FullBy,
    Listed,
    Missed,
    Moved,
    Nearer,
    Offer,
    Offered,
    OfferReason,
    OfferVerdict,
    Verdict,
)
from junheng.admissions.engine.types import GradeReason, How, Key


def explanation_lines(explanations: Iterable[Explanation]) -> Iterator[str]:
    """Each explanation as a line of canonical JSON, the same as `canonical_json(as_json(e))`.

    Written by hand, keys in order: half a million listed schools take a second this way and
    ten by the general encoder. A test holds the two together.
    """
    for explanation in explanations:
        yield _line(explanation)


def _line(e: Explanation) -> str:
    listed = ",".join(map(_listed_text, e.listed))
    if e.diverted is None and not e.missed:
        diverted, missed = "null", "[]"
    else:
        rest = as_json_elsewhere(e)
        diverted, missed = _ENCODE(rest["diverted"]), _ENCODE(rest["missed"])
    metres = "null" if e.distance_m is None else e.distance_m
    offered = f'"offered":{_ENCODE(_offered_as_json(e.offered))},' if e.offered else ""
    moved = f'"moved":{_ENCODE(_moved_as_json(e.moved))},' if e.moved else ""
    return (
        f'{{"applicant_id":{_quoted(e.applicant_id)},"distance_m":{metres},"diverted":{diverted},'
        f'"how":"{e.how}","list":[{listed}],"list_rank":{e.list_rank},"missed":{missed},{moved}{offered}'
        f'"school_id":{_quoted_school(e.school_id or "")},"seats_needed":{e.seats_needed}}}\n'
    )


def _listed_text(row: Listed) -> str:
    changes = _changes_text(row.changes) if row.changes else ""
    last = row.last.printed if row.last else ""
    drawing = f'"drawing":{_ENCODE(asdict(row.drawing))},' if row.drawing else ""
    return (
        f'{{"changes":[{changes}],{drawing}"free":{row.free},"last_key":"{last}",'
        f'"own_key":"{row.own.printed}","rank":{row.rank},'
        f'"school_id":{_quoted_school(row.school_id)},"seats":{row.seats},'
        f'"source":"{row.source}","verdict":"{row.verdict}"}}'
    )


def _changes_text(changes: Sequence[Change]) -> str:
    return ",".join(f'{{"kind":"{c.kind}","value":{_quoted_school(c.value)}}}' for c in changes)


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_quoted = partial(json.dumps, ensure_ascii=False)
_quoted_school = lru_cache(maxsize=100_000)(_quoted)


def as_json(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values; a school is "" where there is none."""
    return {
        "applicant_id": explanation.applicant_id,
        "school_id": explanation.school_id or "",
        "how": explanation.how,
        "list_rank": explanation.list_rank,
        "distance_m": explanation.distance_m,
        "seats_needed": explanation.seats_needed,
        "list": [_listed_as_json(row) for row in explanation.listed],
        **as_json_elsewhere(explanation),
        **({"offered": _offered_as_json(explanation.offered)} if explanation.offered else {}),
        **({"moved": _moved_as_json(explanation.moved)} if explanation.moved else {}),
    }


def _listed_as_json(row: Listed) -> dict[str, Any]:
    return {
        "school_id": row.school_id,
        "rank": row.rank,
        "source": row.source,
        "seats": row.seats,
        "free": row.free,
        "own_key": row.own.printed,
        "last_key": row.last.printed if row.last else "",
        "verdict": row.verdict,
        "changes": [{"kind": change.kind, "value": change.value} for change in row.changes],
        **({"drawing": asdict(row.drawing)} if row.drawing else {}),
    }


def as_json_elsewhere(explanation: Explanation) -> dict[str, Any]:
    """What an explanation says about schools off the list: `missed` and `diverted`."""
    diverted = explanation.diverted
    return {
        "missed": [
            {
                "school_id": row.school_id,
                "distance_m": row.distance_m,
                "free": row.free,
                "last_key": row.last.printed if row.last else "",
            }
            for row in explanation.missed
        ],
        "diverted": _diverted_as_json(diverted) if diverted else None,
    }


def _diverted_as_json(diverted: Diverted) -> dict[str, Any]:
    return {
        "reason": diverted.reason,
        "distance_m": diverted.distance_m,
        "price_m": diverted.price_m,
        "nearer": [
            {
                "school_id": row.school_id,
                "distance_m": row.distance_m,
                "price_m": row.price_m,
                "full_by": row.full_by,
            }
            for row in diverted.nearer
        ],
        "nearer_count": diverted.nearer_count,
    }


def _offered_as_json(offered: Offered) -> dict[str, Any]:
    return {
        "reason": offered.reason,
        "turn": offered.turn,
        "answered": offered.answered,
        "offered_count": offered.offered_count,
        "taken_count": offered.taken_count,
        "schools": [asdict(row) for row in offered.schools],
    }


def _moved_as_json(moved: Moved) -> dict[str, Any]:
    return {**asdict(moved), "school_id": moved.school_id or "", "host_id": moved.host_id or ""}


# -------------------------------------------------------------------------------- and back


def explanation_from(line: Mapping[str, Any], priority: Sequence[Key]) -> Explanation:
    """An explanation out of its line.

    Args:
        line: The line, parsed.
        priority: The round's `priority`, which tells the parts of a key apart; what a key does
            not hold comes back as tier 0, no sibling, no ticket.

    Raises:
        KeyError, ValueError: If the line is not one that was written here.
    """
    diverted = line["diverted"]
    return Explanation(
        applicant_id=line["applicant_id"],
        how=How(line["how"]),
        school_id=line["school_id"] or None,
        list_rank=line["list_rank"],
        distance_m=line["distance_m"],
        seats_needed=line["seats_needed"],
        listed=tuple(_listed_from(row, priority) for row in line["list"]),
        missed=tuple(
            Missed(
                row["school_id"], row["distance_m"], row["free"], _claim(row["last_key"], priority)
            )
            for row in line["missed"]
        ),
        diverted=_diverted_from(diverted) if diverted else None,
        offered=_offered_from(line["offered"]) if "offered" in line else None,
        moved=_moved_from(line["moved"]) if "moved" in line else None,
    )


def _offered_from(row: Mapping[str, Any]) -> Offered:
    schools = [{**one, "verdict": OfferVerdict(one["verdict"])} for one in row["schools"]]
    return Offered(
        **{
            **row,
            "reason": OfferReason(row["reason"]),
            "schools": tuple(Offer(**one) for one in schools),
        }
    )


def _moved_from(row: Mapping[str, Any]) -> Moved:
    named = {key: row[key] or None for key in ("school_id", "host_id")}
    return Moved(**{**row, **named, "reason": GradeReason(row["reason"])})


def priority_from(receipt: Mapping[str, Any]) -> tuple[Key, ...]:
    """The round's `priority`, as its receipt has it.

    Raises:
        KeyError, TypeError, ValueError: If it is not a receipt that was written here.
    """
    return tuple(Key(key) for key in receipt["rules"]["round"]["priority"])


def _listed_from(row: Mapping[str, Any], priority: Sequence[Key]) -> Listed:
    drawing = Drawing(**row["drawing"]) if "drawing" in row else None
    priority = (Key.TICKET,) if drawing else priority
    own = _claim(row["own_key"], priority)
    if own is None:
        raise ValueError("a child's own key is never blank")
    return Listed(
        school_id=row["school_id"],
        rank=row["rank"],
        source=How(row["source"]),
        seats=row["seats"],
        free=row["free"],
        own=own,
        last=_claim(row["last_key"], priority),
        verdict=Verdict(row["verdict"]),
        changes=tuple(Change(ChangeKind(c["kind"]), c["value"]) for c in row["changes"]),
        drawing=drawing,
    )


def _claim(printed: str, priority: Sequence[Key]) -> Claim | None:
    if not printed:
        return None
    values = dict(zip(priority, printed.split("|"), strict=True))
    return Claim(
        tier=int(values.get(Key.TIER, "0")),
        sibling=values.get(Key.SIBLING) == "1",
        ticket=values.get(Key.TICKET, ""),
        printed=printed,
    )


def _diverted_from(row: Mapping[str, Any]) -> Diverted:
    return Diverted(
        reason=DiversionReason(row["reason"]),
        distance_m=row["distance_m"],
        price_m=row["price_m"],
        nearer=tuple(
            Nearer(n["school_id"], n["distance_m"], n["price_m"], FullBy(n["full_by"]))
            for n in row["nearer"]
        ),
        nearer_count=row["nearer_count"],
    )
