"""Repeat the seed, every ticket and every seat given by list: `python3 repeat_round.py PACK`.

Python 3.11 and nothing else; written from docs/admission-round.md, for rounds without groups.
"""

import bisect
import csv
import hashlib
import hmac
import json
import sys
import tomllib
from pathlib import Path

pack = Path(sys.argv[1])
rules = tomllib.loads((pack / "round.toml").read_text("utf-8"))
public = json.loads((pack / "public.json").read_text("utf-8"))


def must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 (it reads as a sentence)
    if not holds:
        sys.exit(otherwise)


def rows(name: str) -> list[dict[str, str]]:
    with (pack / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


children = {row["applicant_id"]: row for row in rows("applicants.csv")}
must(not any(row["group_id"] for row in children.values()), "this round has groups")
words = [one["words"] for one in public["contributions"]]
parts = [public["ref"], public["lists"][0]["sha256"], *words, public["event"]["figures"]]
seed = hashlib.sha256("|".join(parts).encode()).hexdigest()
must(seed == rules["lottery"]["seed"], "another seed")
year, cap = rules["round"]["year"], rules["round"]["class_cap"]
tickets = {
    child: hmac.digest(seed.encode(), f"{year}|{child}".encode(), "sha256").hex()
    for child in children
}
lists: dict[str, list[str]] = {child: [] for child in children}
for row in sorted(rows("choices.csv"), key=lambda row: int(row["rank"])):
    lists[row["applicant_id"]].append(row["school_id"])
seats = {
    row["school_id"]: int(row["classes"]) * min(int(row["class_size"]), cap)
    - int(row["continuing"])
    - int(row["reserved"])
    for row in rows("schools.csv")
}


def claim(child: str, school: str) -> tuple[object, ...]:
    parts = {
        "tier": int(children[child]["tier"]),
        "sibling": children[child]["sibling_school_id"] != school,
        "ticket": tickets[child],
    }
    drawn = school in rules["lottery"].get("by_lottery", ())
    priority = ["ticket"] if drawn else rules["round"]["priority"]
    return (*(parts[name] for name in priority), child.encode())


held: dict[str, list[str]] = {school: [] for school in seats}
asking = list(children)
while asking:
    child = asking.pop()
    if lists[child]:
        school = lists[child].pop(0)
        bisect.insort(held[school], child, key=lambda child: claim(child, school))
        asking += held[school][seats[school] :]
        held[school] = held[school][: seats[school]]

mine = {child: school for school, there in held.items() for child in there}
told = rows("placements.csv")
real = {row["applicant_id"]: row["school_id"] for row in told if row["list_rank"]}
must(tickets == {row["applicant_id"]: row["ticket"] for row in told}, "other tickets")
must(mine == real, "other seats")
sys.stdout.write(f"The same: {len(tickets)} tickets, {len(mine)} seats given by list.\n")
