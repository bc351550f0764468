"""Quota seats between tables, frozen files and engine values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from junheng.admissions.engine.quota import SendingSchool, Share, quota_of
from junheng.admissions.engine.quota_filling import (
    Candidate,
    FillingRules,
    Quota,
    Seated,
    Unfilled,
)
from junheng.admissions.models import (
    QuotaCandidate,
    QuotaPlacement,
    QuotaPlan,
    QuotaRun,
    QuotaSchool,
    QuotaShare,
    SelectiveSchool,
)
from junheng.admissions.verify.quota import PupilRow, SeatRules, ShareRow
from junheng.kernel.canonical import canonical_json

HUNDRED = 100
PLAN, SHARES, PUPILS, RESULT = "plan.json", "shares.json", "pupils.json", "result.json"
Rows = list[dict[str, Any]]


def hundredths(points: Decimal | None) -> int | None:
    """Points as whole hundredths, which is how the engine compares them."""
    return None if points is None else int(points * HUNDRED)


def points(count: int | None) -> Decimal | None:
    """Hundredths as points again."""
    return None if count is None else Decimal(count) / HUNDRED


def plan_files(plan: QuotaPlan) -> dict[str, bytes]:
    """What seats are shared out from."""
    return {PLAN: canonical_json(_plan(plan))}


def filling_files(plan: QuotaPlan, shares: QuotaRun) -> dict[str, bytes]:
    """What seats are filled from: the plan, the published shares, the pupils."""
    rows = QuotaShare.objects.filter(run=shares).order_by("senior_code", "code")
    fields = ("senior_code", "senior_name", "code", "name", "seats", "path")
    return {
        PLAN: canonical_json(_plan(plan)),
        SHARES: canonical_json(
            {"result_sha256": shares.run.result_sha256, "rows": list(rows.values(*fields))}
        ),
        PUPILS: canonical_json(
            [
                {
                    "number": row.number,
                    "school": row.school_code,
                    "score": hundredths(row.score),
                    "tie": hundredths(row.tie),
                    "years": row.years,
                    "choices": row.choices,
                }
                for row in QuotaCandidate.objects.filter(plan=plan).order_by("number")
            ]
        ),
    }


def _plan(plan: QuotaPlan) -> dict[str, Any]:
    seniors = SelectiveSchool.objects.filter(plan=plan).order_by("code")
    schools = QuotaSchool.objects.filter(plan=plan).order_by("code")
    return {
        "county": plan.place.code,
        "year": plan.year,
        "permille": plan.permille,
        "years": plan.years,
        "unfilled": plan.unfilled,
        "seniors": [
            {"code": one.code, "name": one.name, "seats": one.seats, "line": hundredths(one.line)}
            for one in seniors
        ],
        "schools": list(schools.values("code", "name", "pupils", "path")),
    }


def files_of(plan: QuotaPlan, shares: QuotaRun | None) -> dict[str, bytes]:
    """What a run is made from: with published shares a filling, else the shares."""
    return plan_files(plan) if shares is None else filling_files(plan, shares)


def read(files: Mapping[str, bytes], name: str) -> Any:
    """One of the frozen files."""
    return json.loads(files[name])


# ------------------------------------------------------------------------------------- shares


def sending_schools(plan: Mapping[str, Any]) -> list[SendingSchool]:
    """The lower secondary schools of a frozen plan."""
    return [SendingSchool(one["code"], one["pupils"]) for one in plan["schools"]]


def share_rows(plan: Mapping[str, Any], shared: Mapping[str, tuple[Share, ...]]) -> Rows:
    """The result as rows, by senior school and school."""
    schools = {one["code"]: one for one in plan["schools"]}
    total = max(1, sum(one["pupils"] for one in plan["schools"]))
    return [
        {
            "senior_code": senior["code"],
            "senior_name": senior["name"],
            "quota": quota_of(senior["seats"], plan["permille"]),
            "code": share.code,
            "name": schools[share.code]["name"],
            "pupils": share.pupils,
            "total": total,
            "whole": share.whole,
            "rest": int(share.remainder * total),
            "rank": share.rank,
            "extra": share.extra,
            "seats": share.seats,
            "path": schools[share.code]["path"],
        }
        for senior in plan["seniors"]
        for share in shared[senior["code"]]
    ]


def told_shares(rows: Rows, senior: str) -> list[ShareRow]:
    """The shares of one senior school as the independent check reads them."""
    names = ("code", "pupils", "whole", "rest", "extra", "seats")
    return [
        ShareRow(**{name: row[name] for name in names})
        for row in rows
        if row["senior_code"] == senior
    ]


# ------------------------------------------------------------------------------------- filling


def quota(shares: Mapping[str, Any]) -> Quota:
    """Seats by senior and lower secondary school."""
    return {(row["senior_code"], row["code"]): row["seats"] for row in shares["rows"]}


def candidates(pupils: Rows) -> list[Candidate]:
    """The pupils of a frozen list."""
    return [
        Candidate(
            row["number"], row["school"], row["score"], row["tie"], row["years"],
            tuple(row["choices"]),
        )
        for row in pupils
    ]  # fmt: skip


def filling_rules(plan: Mapping[str, Any]) -> FillingRules:
    """The rule of filling of a frozen plan."""
    return FillingRules(plan["years"], _lines(plan), Unfilled(plan["unfilled"]))


def seat_rules(plan: Mapping[str, Any]) -> SeatRules:
    """The same as the independent check reads it."""
    return SeatRules(plan["years"], _lines(plan), plan["unfilled"] == "others")


def _lines(plan: Mapping[str, Any]) -> dict[str, int]:
    return {one["code"]: one["line"] for one in plan["seniors"] if one["line"] is not None}


def told_pupils(pupils: Rows, result: Rows) -> list[PupilRow]:
    """The pupils with what the result says of them, for the independent check."""
    told = {row["number"]: row for row in result}
    return [
        PupilRow(**{**row, "fate": found["fate"], "senior": found["senior"]})
        for row in pupils
        if (found := told.get(row["number"])) is not None
    ]


def result_rows(seated: tuple[Seated, ...]) -> Rows:
    """What became of the pupils, by examination number."""
    return [
        {
            "number": one.number,
            "fate": one.fate.value,
            "senior": one.senior,
            "reasons": [why.value for why in one.reasons],
        }
        for one in seated
    ]


def placements(run: QuotaRun, plan: Mapping[str, Any], pupils: Rows, result: Rows) -> list[Any]:
    """Rows of the table, unsaved."""
    schools = {one["code"]: one for one in plan["schools"]}
    seniors = {one["code"]: one["name"] for one in plan["seniors"]}
    told = {row["number"]: row for row in result}
    return [
        QuotaPlacement(
            run=run,
            number=row["number"],
            school_code=row["school"],
            school_name=schools[row["school"]]["name"],
            score=points(row["score"]),
            tie=points(row["tie"]),
            years=row["years"],
            choices=row["choices"],
            fate=told[row["number"]]["fate"],
            senior_code=told[row["number"]]["senior"],
            senior_name=seniors.get(told[row["number"]]["senior"], ""),
            reasons=told[row["number"]]["reasons"],
            path=schools[row["school"]]["path"],
        )
        for row in pupils
    ]
