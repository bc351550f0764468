"""What a receipt says about the run itself; hashes of files are added by who wrote them."""

from __future__ import annotations

from collections import Counter
from typing import TypedDict

from junheng.admissions.engine.types import HOWS, Result, Round, Rules


class KeptOut(TypedDict):
    """A child whom the size of a group kept out of a school it would rather have."""

    applicant_id: str
    school_id: str


class EngineReceipt(TypedDict):
    """The part of `receipt.json` that follows from round and result alone."""

    rules: dict[str, dict[str, object]]
    seed: str
    counts: dict[str, int]
    kept_out: list[KeptOut]


def receipt_of(the_round: Round, result: Result) -> EngineReceipt:
    """Say by which rules, with which seed, how many children came where.

    Returns:
        Plain values ready for canonical JSON: no time, no person, no machine.
    """
    applicants, schools = the_round.applicants, the_round.schools
    how = Counter(result.how)
    return {
        "rules": rules_as_tables(the_round.rules),
        "seed": the_round.rules.seed,
        "counts": {
            "applicants": len(applicants.ids),
            "schools": len(schools.ids),
            "seats": int(schools.seats.sum()),
            **{name.value: how[name] for name in HOWS[the_round.rules.version]},
        },
        "kept_out": [
            {"applicant_id": applicants.ids[child], "school_id": schools.ids[s]}
            for child, s in result.kept_out
        ],
    }


def rules_as_tables(rules: Rules) -> dict[str, dict[str, object]]:
    """The rules as `round.toml` has them, defaults filled in, without the seed.

    What the bureau left out because it has no default (bbox, max_distance_m) stays out, and
    of versions 2 and 3 whatever the round does not use.
    """
    the_round: dict[str, object] = {
        "ref": rules.ref,
        "year": rules.year,
        "level": rules.level,
        "class_cap": rules.class_cap,
        "priority": [key.value for key in rules.priority],
        "choices_only": rules.choices_only,
    }
    if rules.bbox is not None:
        the_round["bbox"] = list(rules.bbox)
    if rules.version > 1:
        the_round["version"] = rules.version
    diversion: dict[str, object] = {"mode": rules.mode.value}
    if rules.max_distance_m is not None:
        diversion["max_distance_m"] = rules.max_distance_m
    for key in ("silence", "unranked", "first_run"):
        if value := getattr(rules, key):
            diversion[key] = str(value)
    lottery: dict[str, object] = {"method": rules.method.value}
    if rules.by_lottery:
        lottery["by_lottery"] = list(rules.by_lottery)
    return {"round": the_round, "lottery": lottery, "diversion": diversion}
