"""The seed of a pack, made again from what was public: lists, words of parents, the event.

Reads `public.json` of a pack and the rules beside it, in code of its own: neither the engine
nor what writes packs is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from junheng.admissions.verify.lines import Breach, Breaches, Gettext, breach
from junheng.kernel.faults import gettext_noop

Public = Mapping[str, Any]


class Step(StrEnum):
    """What must hold for a seed to be the one of the public event, in the order of the act."""

    LISTS = "lists"
    COMMITMENTS = "commitments"
    FIGURES = "figures"
    MATERIAL = "material"
    SEED = "seed"
    ROUND = "round"


SENTENCES = {
    Step.LISTS: gettext_noop("Every frozen list has the fingerprint that was published"),
    Step.COMMITMENTS: gettext_noop("The words of parents are those that were sealed"),
    Step.FIGURES: gettext_noop("The figures of the event are written as announced"),
    Step.MATERIAL: gettext_noop("The text of the seed is made of list, words and figures"),
    Step.SEED: gettext_noop("The seed follows from that text"),
    Step.ROUND: gettext_noop("The round in the pack has this seed and the frozen rules"),
}
_RING = "ring-interval"
_KEPT = ("ref", "year", "level", "class_cap", "priority")
"""Rules that a pack takes over as they are; it gives lists whole and homes displaced."""


@dataclass(frozen=True, slots=True)
class SeedLine:
    """Whether one step of the seed holds, and what breaks it."""

    step: Step
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """True if nothing breaks it."""
        return not self.breaches

    def sentence(self, gettext: Gettext = str) -> str:
        """The step, and what breaks it, in the language that `gettext` speaks."""
        told = "; ".join(one.sentence(gettext) for one in self.breaches)
        title = gettext(SENTENCES[self.step])
        return f"{title}: {told}" if told else title


def verify_seed(public: Public, rules: Mapping[str, Any]) -> list[SeedLine]:
    """Make a seed again.

    Args:
        public: `public.json` of a pack, read.
        rules: `round.toml` of the same pack, read.

    Raises:
        KeyError, TypeError: If something that has to stand there is missing or is no such thing.
    """
    looks = {
        Step.LISTS: _lists(public),
        Step.COMMITMENTS: _commitments(public),
        Step.FIGURES: _figures(public),
        Step.MATERIAL: _material(public),
        Step.SEED: _seed(public),
        Step.ROUND: _round(public, rules),
    }
    return [SeedLine(step, tuple(found)) for step, found in looks.items()]


def _lists(public: Public) -> Breaches:
    if not public["lists"]:
        yield breach(gettext_noop("there is none"))
    for one in public["lists"]:
        text = json.dumps(one["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if _sha256(f"{text}\n") != one["sha256"]:
            yield breach(gettext_noop("not version %(version)s"), version=one["version"])


def _commitments(public: Public) -> Breaches:
    for number, one in enumerate(public["contributions"], start=1):
        if one["number"] != number or _sha256(f"{one['id']}|{one['words']}") != one["commitment"]:
            yield breach(gettext_noop("not number %(number)s"), number=number)


def _figures(public: Public) -> Breaches:
    shape, figures = (_shape(public["event"][name]) for name in ("example", "figures"))
    if shape != figures:
        yield breach(
            gettext_noop("“%(figures)s” does not look like “%(example)s”"),
            figures=public["event"]["figures"],
            example=public["event"]["example"],
        )


def _shape(text: str) -> str:
    return "".join("0" if character in "0123456789" else character for character in text)


def _material(public: Public) -> Breaches:
    words = (one["words"] for one in public["contributions"])
    first = (one["sha256"] for one in public["lists"][:1])
    parts = [public["ref"], *first, *words, public["event"]["figures"]]
    if public["material"] != "|".join(parts):
        yield breach(gettext_noop("it is another text"))


def _seed(public: Public) -> Breaches:
    by_ring = public["method"] == _RING
    made = public["event"]["figures"] if by_ring else _sha256(public["material"])
    if made != public["seed"]:
        yield breach(gettext_noop("it gives %(made)s"), made=made)


def _round(public: Public, rules: Mapping[str, Any]) -> Breaches:
    if rules["lottery"].get("seed") != public["seed"]:
        yield breach(gettext_noop("its seed is another one"))
    frozen = public["lists"][-1]["content"]["rules"] if public["lists"] else {"round": {}}
    if rules["lottery"]["method"] != public["method"]:
        yield breach(gettext_noop("its %(name)s is another one"), name="method")
    if frozen.get("lottery", {}).get("by_lottery") != rules["lottery"].get("by_lottery"):
        yield breach(gettext_noop("its %(name)s is another one"), name="by_lottery")
    for name in _other(frozen["round"], rules["round"]):
        yield breach(gettext_noop("its %(name)s is another one"), name=name)


def _other(frozen: Mapping[str, Any], packed: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in _KEPT if frozen.get(name) != packed.get(name))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
