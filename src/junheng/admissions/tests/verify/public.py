"""A small act as `public.json` has it, with every part fitting every other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from junheng.kernel.canonical import canonical_json

RULES = {
    "ref": "2026-g1",
    "year": 2026,
    "level": "primary",
    "class_cap": 55,
    "priority": ["tier", "sibling", "ticket"],
}
FIGURES = "03-11-28+07"


def act_of(
    rules: dict[str, Any],
    *,
    method: str = "hmac-sha256",
    figures: str = FIGURES,
    by_lottery: Sequence[str] = (),
) -> dict[str, Any]:
    """What was public of a round with these rules (`[round]` of its file)."""
    lottery = {"lottery": {"method": method, "by_lottery": list(by_lottery)}} if by_lottery else {}
    frozen = {"round": dict(rules), **lottery}
    content = {"format": "admission-round/1", "rules": frozen, "tables": {}}
    sha256 = hashlib.sha256(canonical_json(content)).hexdigest()
    words = ["a sunny day", "云淮"]
    material = "|".join([rules["ref"], sha256, *words, figures])
    seed = hashlib.sha256(material.encode()).hexdigest()
    return {
        "ref": rules["ref"],
        "method": method,
        "lists": [{"version": 1, "sha256": sha256, "content": content, "reason": ""}],
        "contributions": [
            {
                "number": number,
                "id": f"slip-{number}",
                "words": said,
                "commitment": hashlib.sha256(f"slip-{number}|{said}".encode()).hexdigest(),
            }
            for number, said in enumerate(words, start=1)
        ],
        "event": {
            "example": "".join("0" if c.isdigit() else c for c in figures),
            "figures": figures,
        },
        "material": material,
        "seed": seed if method == "hmac-sha256" else figures,
    }


def toml_of(public: dict[str, Any]) -> dict[str, Any]:
    """The rules of the pack beside it, read."""
    return {
        "round": dict(public["lists"][0]["content"]["rules"]["round"]),
        "lottery": {"method": public["method"], "seed": public["seed"]},
    }
