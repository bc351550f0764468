"""A round without groups, diversion or zones' help, with real tickets and great circles.

Four children, own choices only. Tickets are HMAC-SHA256 with key "town-hall", computed with
`printf '2026|x1' | openssl dgst -sha256 -hmac town-hall` and so on: x3 is first, then x4,
x2, x1. A and B have one seat each; x1 x2 x3 want A, then B. So x3 has A, x2 has B, x1 has
nothing, and x4, who named no school, neither. All stand on one meridian, where a hundredth
of a degree is 6,371,008.8 x pi / 18,000 = 1,111.95 m.
"""

from __future__ import annotations

import tomllib
from typing import Any

from junheng.admissions.tests.verify.hand import rows, sha256
from junheng.kernel.canonical import canonical_json

TOML = """
[round]
ref = "plain"
year = 2026
level = "lower_secondary"
class_cap = 55
priority = ["tier", "ticket"]
choices_only = true
bbox = [115.7, 36.3, 116.2, 36.7]
[lottery]
method = "hmac-sha256"
seed = ""
"""
SEED = "town-hall"
SCHOOLS = """\
school_id,name,township,lon,lat,classes,class_size,continuing,reserved
A,,,116.000000,36.500000,1,1,0,0
B,,,116.000000,36.520000,1,1,0,0
C,,,116.000000,36.530000,1,2,0,0
"""
ZONES = """\
zone_id,rank,school_id,name
Z,1,C,
"""
APPLICANTS = """\
applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id
x1,Z,116.000000,36.510000,1,,
x2,Z,116.000000,36.510000,1,,
x3,Z,116.000000,36.510000,1,,
x4,Z,116.000000,36.510000,1,,
"""
CHOICES = """\
applicant_id,rank,school_id
x1,1,A
x1,2,B
x2,1,A
x2,2,B
x3,1,A
x3,2,B
"""
TICKETS = {
    "x1": "d4e246e54ae868d8da817d8cb196a582d588f5b5d9279125378bb886e37b4817",
    "x2": "7c7e897403ffc80ceb62d6aa4d97decee30c83a9065f6b8640e574a6bafcb703",
    "x3": "0b27341e0d43e9ad94e095e80de27d70db3c482200df06a2fdc06b78d4a1f3cf",
    "x4": "338db5d6cab6435ce0c61d53342c8db6f51dfe6619a2bb00d157f1aa5985ea39",
}
PLACEMENTS = f"""\
applicant_id,school_id,how,list_rank,tier,ticket,distance_m
x1,,unplaced,,1,{TICKETS["x1"]},
x2,B,choice,2,1,{TICKETS["x2"]},1112
x3,A,choice,1,1,{TICKETS["x3"]},1112
x4,,unplaced,,1,{TICKETS["x4"]},
"""
SCHOOLS_RESULT = f"""\
school_id,seats,placed_by_list,diverted_in,free,last_key,price_m
A,1,1,0,0,1|{TICKETS["x3"]},
B,1,1,0,0,1|{TICKETS["x2"]},
C,2,0,0,2,,
"""
COUNTS = {
    "applicants": 4,
    "schools": 3,
    "seats": 4,
    "choice": 2,
    "zone": 0,
    "diverted": 0,
    "unplaced": 2,
}


def rules() -> dict[str, Any]:
    """The round's rules, as parsed; the seed came on the command line."""
    return tomllib.loads(TOML)


def tables() -> dict[str, list[dict[str, str]]]:
    """The input tables as rows."""
    texts = {"schools": SCHOOLS, "zones": ZONES, "applicants": APPLICANTS, "choices": CHOICES}
    return {name: rows(text) for name, text in texts.items()}


def outputs() -> dict[str, bytes]:
    """The files of the right result."""
    texts = {"schools": SCHOOLS, "zones": ZONES, "applicants": APPLICANTS, "choices": CHOICES}
    receipt = {
        "format": 1,
        "inputs": {name: sha256(text.encode()) for name, text in texts.items()},
        "rules": rules() | {"diversion": {"mode": "none"}},
        "seed": SEED,
        "counts": COUNTS,
        "placements_sha256": sha256(PLACEMENTS.encode()),
        "kept_out": [],
    }
    return {
        "placements.csv": PLACEMENTS.encode(),
        "schools_result.csv": SCHOOLS_RESULT.encode(),
        "receipt.json": canonical_json(receipt),
        "explanations.jsonl": b"".join(map(_told, [("x1", ""), ("x2", "B"), ("x3", "A")]))
        + canonical_json({"applicant_id": "x4", "school_id": "", "list": []}),
    }


def _told(fate: tuple[str, str]) -> bytes:
    child, school = fate
    own = f"1|{TICKETS[child]}"
    last = {"A": f"1|{TICKETS['x3']}", "B": f"1|{TICKETS['x2']}"}
    listed = [{"school_id": at, "own_key": own, "last_key": last[at]} for at in "AB"]
    return canonical_json({"applicant_id": child, "school_id": school, "list": listed})
