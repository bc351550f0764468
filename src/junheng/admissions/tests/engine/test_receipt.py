"""The engine's part of the receipt: plain values, the same for the same round."""

from __future__ import annotations

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.receipt import receipt_of
from junheng.admissions.engine.types import Mode
from junheng.admissions.tests.engine.builders import a_round, by_ring, child


def test_the_receipt_says_by_which_rules_how_many_came_where() -> None:
    the_round = a_round(
        {"X": 2, "Y": 0},
        child("a", "X"),
        child("b", "X", group="twins"),
        child("c", "X", group="twins"),
        child("d", zone="z"),
        zones={"z": "X"},
        bbox=(115.7, 36.3, 116.2, 36.7),
        max_distance_m=8_000,
        **by_ring("abd"),
    )
    assert receipt_of(the_round, run(the_round)) == {
        "rules": {
            "round": {
                "ref": "test",
                "year": 2026,
                "level": "primary",
                "class_cap": 55,
                "priority": ["tier", "sibling", "ticket"],
                "choices_only": False,
                "bbox": [115.7, 36.3, 116.2, 36.7],
            },
            "lottery": {"method": "ring-interval"},
            "diversion": {"mode": "none", "max_distance_m": 8_000},
        },
        "seed": "1:1",
        "counts": {
            "applicants": 4, "schools": 2, "seats": 2,
            "choice": 1, "zone": 1, "diverted": 0, "unplaced": 2,
        },
        "kept_out": [
            {"applicant_id": "b", "school_id": "X"},
            {"applicant_id": "c", "school_id": "X"},
        ],
    }  # fmt: skip


def test_what_the_bureau_left_open_stays_out() -> None:
    the_round = a_round({"X": 1}, mode=Mode.ZONE)
    rules = receipt_of(the_round, run(the_round))["rules"]
    assert "bbox" not in rules["round"]
    assert rules["diversion"] == {"mode": "zone"}
