"""A seed is made again from what was public, and whatever was changed afterwards shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from junheng.admissions.tests.verify.public import RULES, act_of, toml_of
from junheng.admissions.verify.public import Step, verify_seed

Change = Callable[[dict[str, Any], dict[str, Any]], None]


def broken(public: dict[str, Any], rules: dict[str, Any]) -> set[str]:
    return {line.step for line in verify_seed(public, rules) if not line.holds}


@pytest.mark.parametrize(
    "public", [act_of(RULES), act_of(RULES, method="ring-interval", figures="06:03")]
)
def test_a_true_act_holds_in_every_step(public: dict[str, Any]) -> None:
    lines = verify_seed(public, toml_of(public))
    assert [line.step for line in lines] == list(Step)
    assert all(line.holds for line in lines)
    assert lines[4].sentence() == "The seed follows from that text"


CHANGES: list[tuple[str, Change, set[str]]] = [
    (
        "a list with other rules",
        lambda p, _: p["lists"][0]["content"]["rules"]["round"].update(class_cap=60),
        {"lists", "round"},
    ),
    (
        "another fingerprint",
        lambda p, _: p["lists"][0].update(sha256="0" * 64),
        {"lists", "material"},
    ),
    ("no list", lambda p, _: p["lists"].clear(), {"lists", "material", "round"}),
    (
        "other words",
        lambda p, _: p["contributions"][0].update(words="rain"),
        {"commitments", "material"},
    ),
    (
        "words left out",
        lambda p, _: p["contributions"].pop(0),
        {"commitments", "material"},
    ),
    (
        "figures written otherwise",
        lambda p, _: p["event"].update(figures="03 11 28 07"),
        {"figures", "material"},
    ),
    ("another text", lambda p, _: p.update(material="made up"), {"material", "seed"}),
    ("another seed", lambda p, _: p.update(seed="f" * 64), {"seed", "round"}),
    ("a pack with another seed", lambda _, r: r["lottery"].update(seed="x"), {"round"}),
    ("a pack with another method", lambda _, r: r["lottery"].update(method="x"), {"round"}),
    (
        "a pack with other schools by lottery",
        lambda _, r: r["lottery"].update(by_lottery=["P"]),
        {"round"},
    ),
    ("a pack with another cap", lambda _, r: r["round"].update(class_cap=60), {"round"}),
]


@pytest.mark.parametrize(
    ("change", "shows"), [pytest.param(c, s, id=name) for name, c, s in CHANGES]
)
def test_whatever_was_changed_shows(change: Change, shows: set[str]) -> None:
    public = act_of(RULES)
    rules = toml_of(public)
    public = {**public, "lists": [*public["lists"]], "contributions": [*public["contributions"]]}
    change(public, rules)
    assert broken(public, rules) == shows


def test_a_breach_is_told_in_words() -> None:
    public = act_of(RULES) | {"seed": "f" * 64}
    told = [line.sentence() for line in verify_seed(public, toml_of(public)) if not line.holds]
    assert told[0].startswith("The seed follows from that text: it gives ")
