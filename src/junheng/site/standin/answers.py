"""What the stand-in knows: three registers, found by number, certificate or sound of the name."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

THEIRS: Mapping[str, Mapping[str, str]] = {
    "household": {
        "resident_id": "idNumber",
        "name": "fullName",
        "born_on": "birthday",
        "household_number": "householdNumber",
        "relation": "relation",
        "registered_on": "registeredOn",
        "address": "address",
        "place_code": "villageCode",
    },
    "real_estate": {
        "resident_id": "idNumber",
        "name": "ownerName",
        "certificate": "certificateNumber",
        "house": "unitNumber",
        "share": "share",
        "use": "usage",
        "registered_on": "registeredOn",
        "address": "address",
        "place_code": "villageCode",
    },
    "vehicle": {
        "resident_id": "idNumber",
        "name": "ownerName",
        "plate": "plateNumber",
        "model": "vehicleModel",
        "registered_on": "registeredOn",
        "price": "priceYuan",
        "place_code": "villageCode",
    },
}
"""Columns of the house in the words of each department: they never agree."""
NAMES = {"household": "fullName", "real_estate": "ownerName", "vehicle": "ownerName"}
BY_NUMBER_ONLY = frozenset({"vehicle"})
"""Registers that name nobody's namesakes."""
MOST_NAMESAKES = 20
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The registers in memory.

    Attributes:
        as_of: The day on which they were true.
        secret: What requests have to be signed with.
    """

    as_of: str
    secret: str
    by_number: Mapping[str, Mapping[str, Sequence[Row]]]
    by_sound: Mapping[str, Mapping[str, Sequence[Row]]]
    by_certificate: Mapping[str, Sequence[Row]]

    def rows(self, register: str, person: Mapping[str, Any]) -> list[Row]:
        """What is known of a person: by number, else by how the name sounds; and by certificate."""
        number = str(person.get("idNumber", ""))
        found = list(self.by_number[register].get(number, ()))
        if not found and register not in BY_NUMBER_ONLY:
            sound = _sound(str(person.get("fullName", "")))
            found = list(self.by_sound[register].get(sound, ()))[:MOST_NAMESAKES]
        certificate = str(person.get("certificateNumber", ""))
        if register == "real_estate" and certificate:
            found += [row for row in self.by_certificate.get(certificate, ()) if row not in found]
        return found


def knowledge(file: Path) -> Knowledge:
    """Read the registers that `written` wrote."""
    plain = json.loads(file.read_text("utf-8"))
    registers: Mapping[str, Sequence[Row]] = plain["registers"]
    return Knowledge(
        as_of=plain["as_of"],
        secret=plain["secret"],
        by_number={key: _by(rows, "idNumber") for key, rows in registers.items()},
        by_sound={key: _by(rows, NAMES[key], _sound) for key, rows in registers.items()},
        by_certificate=_by(registers["real_estate"], "certificateNumber"),
    )


Registers = Mapping[str, Sequence[Mapping[str, Any]]]


def written(registers: Registers, *, as_of: str, secret: str) -> str:
    """The file: rows in the departments' words, blanks left out."""
    content = {"as_of": as_of, "secret": secret, "registers": _rows(registers)}
    return json.dumps(content, ensure_ascii=False)


def with_more(text: str, registers: Registers) -> str:
    """The file, with these registers as well; one that was there before is taken anew."""
    content = json.loads(text)
    content["registers"] |= {key: _rows(registers)[key] for key in registers}
    return json.dumps(content, ensure_ascii=False)


def _rows(registers: Registers) -> dict[str, list[dict[str, str]]]:
    return {
        key: [
            {theirs: str(row[ours]) for ours, theirs in words.items() if row.get(ours)}
            for row in registers.get(key, ())
        ]
        for key, words in THEIRS.items()
    }


def _by(rows: Sequence[Row], column: str, key: Callable[[str], str] = str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if column in row:
            found[key(row[column])].append(row)
    return dict(found)


def _sound(name: str) -> str:
    return " ".join(map(_syllable, name))


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0]
