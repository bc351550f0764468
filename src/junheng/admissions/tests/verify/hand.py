"""A round small enough to work out on paper, with its right result.

Nine units stand on the ring; start 3, interval 3 draws positions 3 6 9 4 8 5 2 7 1, so

    ticket   1   2   3   4   5   6   7   8      9
    unit     a3  a6  b0  a4  a9  a5  a2  a7+a8  a1

A has 2 seats (1 class of at most 45, 40 stay on, 3 are reserved), B 3, C 3, D 1, E 4.

Lists: a2 a3 a7 a8 a9 have A B (zone N); a1 a5 have B (zone M); a4 wants A, then its zone's B;
a6 wants B, which is its zone's too; b0 has none. a5 and a9 are in tier 2, a2 has a sister at A.

First A is asked by a2 a3 a4 a7+a8 a9: the sister's claim and ticket 1 take both seats. B is
asked by a1 a5 a6 and holds them. Then a4, a7+a8 and a9 ask B, whose order is a6 a4 a7+a8 a1
a9 a5: a6 and a4 are taken, one seat is left, too few for the two, so a1 has it although its
ticket is worse: B kept a7 and a8 out.

Diversion, at most 5,000 m: the two go first; D is nearest but has one seat, so both go to C
(2,000 and 2,100 m). One seat is left at C and one at D for a5 (C 1,200, D 4,000) and a9 (C
1,000, D 1,500): a5 to C and a9 to D make 2,700 m, the other way round 5,000. So C costs 500.
b0 lives 100 m from A, which is full, and 8 km from everything else: no seat. One seat more at
A would seat b0 and save 10,000,000 - 100; one more at B would spare a5 1,700 - 400.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from typing import Any

from junheng.kernel.canonical import canonical_json

TOML = """
[round]
ref = "by-hand"
year = 2026
level = "primary"
class_cap = 45
priority = ["tier", "sibling", "ticket"]
[lottery]
method = "ring-interval"
seed = "3:3"
[diversion]
mode = "zone"
max_distance_m = 5000
"""

SCHOOLS = """\
school_id,name,township,lon,lat,classes,class_size,continuing,reserved
A,Poplar,T,115.800000,36.500000,1,50,40,3
B,Willow,T,115.810000,36.500000,2,45,87,0
C,Pine,U,115.820000,36.500000,1,30,27,0
D,Elm,U,115.830000,36.500000,1,1,0,0
E,Ash,V,,,1,4,0,0
"""
ZONES = """\
zone_id,rank,school_id,name
M,1,B,
N,1,A,
N,2,B,
"""
APPLICANTS = """\
applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id
a1,M,115.801000,36.500000,1,,
a2,N,115.802000,36.500000,1,A,
a3,N,115.803000,36.500000,1,,
a4,M,115.804000,36.500000,1,,
a5,M,115.805000,36.500000,2,,
a6,M,,,1,,
a7,N,115.807000,36.500000,1,,g
a8,N,115.808000,36.500000,1,,g
a9,N,115.809000,36.500000,2,,
b0,,115.810000,36.500000,1,,
"""
CHOICES = """\
applicant_id,rank,school_id
a4,1,A
a6,1,B
"""
DISTANCES = """\
applicant_id,school_id,metres
a1,B,350
a2,A,200
a3,A,250
a4,B,700
a5,A,900
a5,B,400
a5,C,1200
a5,D,4000
a5,E,6000
a7,C,2000
a7,D,900
a7,E,6000
a8,C,2100
a8,D,1000
a8,E,6000
a9,A,300
a9,B,600
a9,C,1000
a9,D,1500
a9,E,6000
b0,A,100
b0,B,8000
b0,C,8000
b0,D,9000
b0,E,7000
"""
PLACEMENTS = """\
applicant_id,school_id,how,list_rank,tier,ticket,distance_m
a1,B,zone,1,1,9,350
a2,A,zone,1,1,7,200
a3,A,zone,1,1,1,250
a4,B,zone,2,1,4,700
a5,C,diverted,,2,6,1200
a6,B,choice,1,1,2,
a7,C,diverted,,1,8,2000
a8,C,diverted,,1,8,2100
a9,D,diverted,,2,5,1500
b0,,unplaced,,1,3,
"""
SCHOOLS_RESULT = """\
school_id,seats,placed_by_list,diverted_in,free,last_key,price_m
A,2,2,0,0,1|0|1,9999900
B,3,3,0,0,1|0|9,1300
C,3,0,3,0,,500
D,1,0,1,0,,0
E,4,0,0,4,,0
"""
TOLD: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a1": ("B", [("B", "1|0|9")]),
    "a2": ("A", [("A", "1|1|7"), ("B", "1|0|7")]),
    "a3": ("A", [("A", "1|0|1"), ("B", "1|0|1")]),
    "a4": ("B", [("A", "1|0|4"), ("B", "1|0|4")]),
    "a5": ("C", [("B", "2|0|6")]),
    "a6": ("B", [("B", "1|0|2")]),
    "a7": ("C", [("A", "1|0|8"), ("B", "1|0|8")]),
    "a8": ("C", [("A", "1|0|8"), ("B", "1|0|8")]),
    "a9": ("D", [("A", "2|0|5"), ("B", "2|0|5")]),
    "b0": ("", []),
}
LAST_KEYS = {"A": "1|0|1", "B": "1|0|9"}


def rules() -> dict[str, Any]:
    """The round's rules, as parsed."""
    return tomllib.loads(TOML)


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a table written out above."""
    return list(csv.DictReader(io.StringIO(text)))


def texts() -> dict[str, str]:
    """The input tables in their canonical form."""
    return {
        "schools": SCHOOLS,
        "zones": ZONES,
        "applicants": APPLICANTS,
        "choices": CHOICES,
        "distances": DISTANCES,
    }


def tables() -> dict[str, list[dict[str, str]]]:
    """The input tables as rows."""
    return {name: rows(text) for name, text in texts().items()}


def receipt() -> dict[str, Any]:
    """The receipt of the right result."""
    said = rules()
    seed = said["lottery"].pop("seed")
    said["round"]["choices_only"] = False
    return {
        "format": 1,
        "inputs": {name: sha256(text.encode()) for name, text in texts().items()},
        "rules": said,
        "seed": seed,
        "counts": {
            "applicants": 10,
            "schools": 5,
            "seats": 13,
            "choice": 1,
            "zone": 4,
            "diverted": 4,
            "unplaced": 1,
        },
        "placements_sha256": sha256(PLACEMENTS.encode()),
        "kept_out": [
            {"applicant_id": "a7", "school_id": "B"},
            {"applicant_id": "a8", "school_id": "B"},
        ],
    }


def explanations() -> bytes:
    """What each child is told: only what the verifier looks at."""
    lines = []
    for child, (school, keys) in TOLD.items():
        listed = [{"school_id": at, "own_key": own, "last_key": LAST_KEYS[at]} for at, own in keys]
        lines.append(canonical_json({"applicant_id": child, "school_id": school, "list": listed}))
    return b"".join(lines)


def outputs() -> dict[str, bytes]:
    """The files of the right result."""
    return {
        "placements.csv": PLACEMENTS.encode(),
        "schools_result.csv": SCHOOLS_RESULT.encode(),
        "receipt.json": canonical_json(receipt()),
        "explanations.jsonl": explanations(),
    }


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def edited(files: dict[str, bytes], name: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    """The same files with text replaced in one of them; what is replaced must stand there."""
    text = files[name].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {**files, name: text.encode()}


def resealed(files: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    """A careful forger's last step: the receipt is made to fit the new placements."""
    receipt = json.loads(files["receipt.json"])
    receipt["placements_sha256"] = sha256(files["placements.csv"])
    receipt.update(changes)
    return {**files, "receipt.json": canonical_json(receipt)}
