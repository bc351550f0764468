"""Invented pupils, twenty policies, payments with planted faults: files for `junheng aid run`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from junheng.aid.engine.facts import FACTS, STORED, Kind

COMPULSORY = "stage IN ('primary', 'lower_secondary')"
POOR = "registered_poor OR subsistence OR destitute OR monitored"
Rates = Sequence[tuple[str, str]]
POLICIES: Sequence[tuple[str, Sequence[str], Rates, Sequence[str], bool]] = (
    ("running", ["studying", COMPULSORY], [("stage = 'primary'", "325"), ("", "425")], [], False),
    ("running_boarders", ["studying", COMPULSORY, "boarder"], [("", "100")], [], False),
    ("kindergarten", ["studying", "stage = 'kindergarten'"], [("", "250")], [], False),
    ("heating", ["studying", "heated_school", "stage <> 'higher'"], [("", "75")], [], False),
    ("meal", ["studying", COMPULSORY, "meal_school"], [("", "500")], [], False),
    (
        "boarder",
        ["studying", COMPULSORY, "boarder", f"{POOR} OR orphan OR disabled"],
        [("stage = 'primary'", "500"), ("", "625")],
        [],
        False,
    ),
    (
        "day_pupil",
        ["studying", COMPULSORY, "NOT boarder", POOR],
        [("stage = 'primary'", "250"), ("", "312.5")],
        ["boarder"],
        False,
    ),
    ("lunch", ["studying", COMPULSORY, "rural_school"], [("", "200")], ["meal"], False),
    ("books", ["studying", COMPULSORY], [("stage = 'primary'", "105"), ("", "180")], [], False),
    (
        "entering",
        ["stage = 'higher'", "registered_poor OR subsistence"],
        [
            ("degree = 'college'", "500"),
            ("degree = 'bachelor_second'", "1000"),
            ("degree = 'bachelor_first'", "3000"),
            ("degree = 'bachelor_key'", "5000"),
        ],
        [],
        True,
    ),
    (
        "yearly",
        ["registered_poor", "NOT migrant", "stage IN ('higher', 'vocational')"],
        [("", "4000")],
        [],
        False,
    ),
    (
        "top_up",
        ["registered_poor", "boarder", COMPULSORY, "NOT migrant"],
        [("", "500")],
        [],
        False,
    ),
    ("striving", ["striving_class", "studying"], [("", "1000")], [], False),
    ("degree", ["degree <> 'college'", "registered_poor"], [("", "8000")], ["entering"], True),
    (
        "vocational",
        ["stage = 'vocational'", "studying", "registered_poor OR rural_school"],
        [("", "2000")],
        [],
        False,
    ),
    (
        "kindergarten_half",
        ["stage = 'kindergarten'", "registered_poor OR disabled OR orphan"],
        [("", "750")],
        [],
        False,
    ),
    (
        "certificate",
        ["skills_certificate", "registered_poor", "age >= 15"],
        [("", "1000")],
        [],
        True,
    ),
    ("orphans", ["orphan", "studying", "age < 18"], [("", "600")], [], False),
    (
        "left_behind",
        ["left_behind AND boarder", "age BETWEEN 6 AND 16"],
        [("", "100")],
        ["orphans"],
        False,
    ),
    (
        "migrants",
        ["migrant", "entered_on >= DATE '2010-09-01'", "NOT private_school"],
        [("", "100")],
        [],
        False,
    ),
)

STUDY = ("kindergarten", *("primary",) * 3, *("lower_secondary",) * 2)
STAGES = (*STUDY, "upper_secondary", "vocational", "higher")
OFTEN = {
    "studying": 97,
    "boarder": 30,
    "registered_poor": 20,
    "subsistence": 5,
    "private_school": 10,
}
OFTEN |= {"rural_school": 55, "meal_school": 25, "heated_school": 60}
MISSING = 1
"""Percent of each yes-or-no that nobody told."""


def write_policies(folder: Path) -> None:
    """The twenty, all counted on the first day of the term."""
    folder.mkdir()
    for code, conditions, rates, ways, once in POLICIES:
        lines = [
            f'code = "{code}"',
            'level = "county"',
            'kind = "living"',
            'funds = "County"',
            "[title]",
        ]
        lines += [f'zh = "{code}"', f'en = "{code}"', "[[version]]", "number = 1"]
        lines += ["from = 2016-09-01", 'counted_on = "first_day"', 'document = "Invented"']
        lines += [f"once = {str(once).lower()}", f"gives_way_to = {json.dumps(ways)}"]
        for text in conditions:
            lines += ["[[version.condition]]", f'when = "{text}"']
        for text, yuan in rates:
            lines += [
                "[[version.rate]]",
                *([f'when = "{text}"'] if text else []),
                f'yuan = "{yuan}"',
            ]
        (folder / f"{code}.toml").write_text("\n".join(lines) + "\n")


def write_people(folder: Path, people: int, counties: int = 20) -> None:
    """The folder of a period, without payments; people in the order of their references."""
    (folder / "facts").mkdir(parents=True)
    (folder / "period.toml").write_text(
        'code = "2026-2027-1"\nfrom = 2026-09-01\nuntil = 2027-01-31\n'
    )
    values = ", ".join(f"{_value(number, name)} AS {name}" for number, name in enumerate(STORED, 1))
    with duckdb.connect(":memory:", config={"memory_limit": "4GB"}) as engine:
        for county in range(counties):
            each = people // counties
            file = folder / "facts" / f"{990101 + county}.parquet"
            engine.execute(
                f"COPY (SELECT subject, '{990101 + county}' AS county,"
                f" '{990101 + county}' || lpad((i % 16)::VARCHAR, 3, '0') AS township,"
                f" 'S{county:02}' || lpad((i % 160)::VARCHAR, 3, '0') AS school,"
                f" DATE '2026-09-01' AS valid_from, NULL::DATE AS valid_to, {values}"
                f" FROM (SELECT range AS i, md5(range::VARCHAR)::UUID::VARCHAR AS subject"
                f" FROM range({county * each}, {(county + 1) * each})) ORDER BY subject)"
                f" TO '{file}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )


def _value(number: int, name: str) -> str:
    fact = FACTS[name]
    chance = f"(hash(i * 64 + {number}) % 10000)::BIGINT"
    match fact.kind:
        case Kind.YES_NO:
            share = OFTEN.get(name, 4)
            return (
                f"CASE WHEN {chance} % 100 < {MISSING} THEN NULL ELSE {chance} // 100 < {share} END"
            )
        case Kind.NUMBER:
            return f"(1 + {chance} % 9)::INTEGER"
        case Kind.DAY:
            return f"DATE '2005-01-01' + ({chance} % 5000)::INTEGER"
        case Kind.CODE:
            codes = STAGES if name == "stage" else fact.codes
            listed = ", ".join(f"'{code}'" for code in codes)
            picked = f"[{listed}][1 + {chance} % {len(codes)}]"
            return picked if name != "degree" else f"CASE WHEN {chance} % 9 = 8 THEN {picked} END"
        case Kind.MONEY:  # no policy here is a share
            return "NULL::BIGINT"


def write_payments(folder: Path, answers: Path) -> dict[str, int]:
    """Pay what a first run found due, with planted faults; how many of each kind.

    Every 500th claim is left out, every 501st paid twice, every 503rd a yuan short, and every
    5,000th of those who are ruled out is paid.
    """
    (folder / "paid").mkdir()
    planted = dict.fromkeys(("unpaid", "twice", "wrong_amount", "not_entitled"), 0)
    with duckdb.connect(":memory:", config={"memory_limit": "4GB"}) as engine:
        for code, *_rest in POLICIES:
            engine.execute(
                "CREATE OR REPLACE TABLE t AS SELECT subject, answer, fen, CASE WHEN answer > 0"
                " THEN CASE WHEN chance % 5000 = 0 THEN 'not_entitled' END"
                " WHEN chance % 500 = 0 THEN 'unpaid' WHEN chance % 501 = 0 THEN 'twice'"
                " WHEN chance % 503 = 0 THEN 'wrong_amount' ELSE 'right' END AS how FROM (SELECT"
                f" subject, answer_{code} AS answer, fen_{code} AS fen, hash(subject || '{code}')"
                f" AS chance FROM read_parquet('{answers}') WHERE answer_{code} >= 0)"
            )
            engine.execute(
                f"COPY (SELECT subject, '{code}' AS policy, DATE '2026-09-01' AS for_day, CASE how"
                " WHEN 'wrong_amount' THEN fen - 100 WHEN 'not_entitled' THEN 50000 ELSE fen END"
                " AS fen FROM t, range(2) AS again(n)"
                " WHERE how <> 'unpaid' AND (n = 0 OR how = 'twice'))"
                f" TO '{folder}/paid/{code}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
            for how, count in engine.execute("SELECT how, count(*) FROM t GROUP BY how").fetchall():
                if how in planted:
                    planted[how] += count
    return planted
