"""Rounds of versions 2 and 3, in files: how families answer, which grades move, who draws lots."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random

from hypothesis import strategies as st

from junheng.admissions.engine.assign import run
from junheng.admissions.files.check import check
from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.files.runs import require_first_run
from junheng.admissions.files.write import write_outputs
from junheng.admissions.tests.verify.test_end_to_end import rounds

Files = dict[str, bytes]


def decided(files: Files) -> tuple[Inputs, Files]:
    """Read, check, run, and make sure that answers belong to the run."""
    inputs = read_inputs(files)
    the_round = check(inputs)
    result = run(the_round)
    require_first_run(the_round, result, inputs)
    return inputs, write_outputs(the_round, result, inputs=inputs)


def table(columns: str, rows: Iterable[tuple[object, ...]]) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in [(columns,), *rows]).encode()


def as_mode(files: Files, mode: str, *rules: str) -> Files:
    """The round in version 2 with another mode; the limit stays as it was."""
    head, _, tail = files["round.toml"].decode().partition("[diversion]")
    limit = [line for line in tail.splitlines() if line.startswith("max_distance_m")]
    dated = head if "version" in head else head.replace("[round]", "[round]\nversion = 2")
    toml = dated + "\n".join(["[diversion]", f'mode = "{mode}"', *rules, *limit, ""])
    return {**files, "round.toml": toml.encode()}


def answered(files: Files, first: Files, answers: dict[str, list[str]]) -> Files:
    """The second run's input: the first's, the answers, and the hash of the first receipt."""
    sha256 = hashlib.sha256(first["receipt.json"]).hexdigest()
    rows = [
        (child, rank, school)
        for child, ranked in answers.items()
        for rank, school in enumerate(ranked, start=1)
    ]
    return {
        **files,
        "round.toml": files["round.toml"] + f'first_run = "{sha256}"\n'.encode(),
        "offer_choices.csv": table("applicant_id,rank,school_id", rows),
    }


def offered(outputs: Files) -> dict[str, list[str]]:
    """Schools by child, from `offers.csv`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(outputs["offers.csv"].decode())):
        found[row["applicant_id"]].append(row["school_id"])
    return dict(found)


def groups(files: Files) -> dict[str, str]:
    """What ties children together: their group, or their own code."""
    rows = csv.DictReader(io.StringIO(files["applicants.csv"].decode()))
    return {row["applicant_id"]: row["group_id"] or row["applicant_id"] for row in rows}


def for_all(files: Files) -> list[str]:
    """Schools that are not open by lottery."""
    by_lottery = tomllib.loads(files["round.toml"].decode())["lottery"].get("by_lottery", [])
    schools = [row.split(",")[0] for row in files["schools.csv"].decode().splitlines()[1:]]
    return [school for school in schools if school not in by_lottery]


@st.composite
def lottery_rounds(draw: st.DrawFn) -> Files:
    """A round of version 3 in which some schools, perhaps all, are open by lottery."""
    files = draw(rounds())
    named = draw(st.lists(st.sampled_from(for_all(files)), unique=True, min_size=1))
    ranks: Counter[str] = Counter()
    zones = []
    for row in csv.DictReader(io.StringIO(files["zones.csv"].decode())):
        if row["school_id"] not in named:
            ranks[row["zone_id"]] += 1
            zones.append((row["zone_id"], ranks[row["zone_id"]], row["school_id"], ""))
    children = list(csv.DictReader(io.StringIO(files["applicants.csv"].decode())))
    for child in children:
        child["zone_id"] = child["zone_id"] if ranks[child["zone_id"]] else ""
    toml = files["round.toml"].decode().replace("[round]", "[round]\nversion = 3")
    toml = toml.replace("[lottery]", f"[lottery]\nby_lottery = {named}")
    return {
        **files,
        "round.toml": toml.encode(),
        "zones.csv": table("zone_id,rank,school_id,name", zones),
        "applicants.csv": table(",".join(children[0]), (tuple(c.values()) for c in children)),
    }


@st.composite
def open_rounds(draw: st.DrawFn, base: st.SearchStrategy[Files]) -> tuple[Files, Files]:
    """The input of a first run and of the second, in which some families have answered."""
    files = as_mode(
        draw(base),
        "open",
        f'silence = "{draw(st.sampled_from(["nearest", "last", "decline"]))}"',
        f'unranked = "{draw(st.sampled_from(["nearest", "decline"]))}"',
    )
    if draw(st.booleans()):
        files = with_offers(draw, files)
    _, first = decided(files)
    by_group: dict[str, list[str]] = {}
    answers = {}
    chance, together = Random(draw(st.integers(0, 10**9))), groups(files)
    for child, schools in offered(first).items():
        ranked = chance.sample(schools, chance.randint(0, len(schools)))
        answers[child] = by_group.setdefault(together[child], ranked)
    return files, answered(files, first, answers)


def with_offers(draw: st.DrawFn, files: Files) -> Files:
    """The bureau's own table of offers instead of the limit."""
    schools = for_all(files)
    by_group: dict[str, list[str]] = {}
    rows = []
    chance = Random(draw(st.integers(0, 10**9)))
    for child, group in groups(files).items():
        some = chance.sample(schools, chance.randint(0, min(3, len(schools))))
        ranked = by_group.setdefault(group, some)
        rows += [(child, rank, school) for rank, school in enumerate(ranked, start=1)]
    if not rows:
        return files
    toml = [line for line in files["round.toml"].splitlines() if b"max_distance_m" not in line]
    return {
        **files,
        "round.toml": b"\n".join([*toml, b""]),
        "offers.csv": table("applicant_id,rank,school_id", rows),
    }


@st.composite
def grade_rounds(draw: st.DrawFn, base: st.SearchStrategy[Files]) -> Files:
    """A round in which some schools' entering grades may move."""
    files = as_mode(draw(base), "grade")
    schools = for_all(files)
    pairs = [(a, b) for a in schools for b in schools if a != b]
    if not pairs:
        extra = files["schools.csv"] + b"S8,,,116.0,36.5,1,3,0,0\nS9,,,116.0,36.5,9,3,0,0\n"
        files, pairs = {**files, "schools.csv": extra}, [((*schools, "S8")[0], "S9")]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    return {**files, "grade_moves.csv": table("school_id,host_id", chosen)}
