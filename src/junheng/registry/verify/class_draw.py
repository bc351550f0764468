"""Whether the pack of a class draw is whole: list, figures, seed and result fit each other.

In code apart from the engine. A pack holds `draw.json` (what was announced and what came out),
`pupils.csv` and `classes.csv` (the frozen list), `placements.csv` (the result).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from junheng.kernel.draws import fits
from junheng.kernel.faults import Gettext, gettext_noop
from junheng.registry.verify.class_assignment import check

FILES = ("draw.json", "pupils.csv", "classes.csv", "placements.csv")
TOLD = 3
"""So many broken promises are spelled out."""


class Step(StrEnum):
    """What must hold, in the order of a draw."""

    LIST = "list"
    FIGURES = "figures"
    SEED = "seed"
    RESULT = "result"
    PROMISES = "promises"
    REPEATED = "repeated"


SENTENCES = {
    Step.LIST: gettext_noop("The frozen list has the fingerprint that was published"),
    Step.FIGURES: gettext_noop("The figures of the event are written as announced"),
    Step.SEED: gettext_noop("The seed follows from name, fingerprint and figures"),
    Step.RESULT: gettext_noop("The result has the fingerprint that was published"),
    Step.PROMISES: gettext_noop("Everybody has one class, and the classes are alike"),
    Step.REPEATED: gettext_noop("Held again, the draw gives the same classes"),
}


class NotAPack(ValueError):
    """A file is missing, or says nothing that can be held against another one."""


@dataclass(frozen=True, slots=True)
class DrawLine:
    """Whether one step holds; `why` says what breaks it, in figures."""

    step: Step
    why: str = ""

    @property
    def holds(self) -> bool:
        """True if nothing breaks it."""
        return not self.why

    def sentence(self, gettext: Gettext = str) -> str:
        """The step, and what breaks it."""
        title = gettext(SENTENCES[self.step])
        return f"{title}: {self.why}" if self.why else title


def verify_pack(pack: Mapping[str, bytes]) -> list[DrawLine]:
    """Hold the files of a pack against each other.

    Args:
        pack: Contents by file name.

    Raises:
        NotAPack: If a file is missing or cannot be read.
    """
    draw = draw_of(pack)
    looks: dict[Step, Callable[[], str]] = {
        Step.LIST: lambda: _other(draw["list"], fingerprint(pack)),
        Step.FIGURES: lambda: "" if fits(draw["example"], draw["figures"]) else draw["figures"],
        Step.SEED: lambda: _other(draw["seed"], _seed(draw)),
        Step.RESULT: lambda: _other(
            draw["placements_sha256"], hashlib.sha256(pack["placements.csv"]).hexdigest()
        ),
        Step.PROMISES: lambda: "; ".join(_broken(pack)),
    }
    return [DrawLine(step, look()) for step, look in looks.items()]


TEXTS = ("ref", "list", "example", "figures", "seed", "placements_sha256")


def draw_of(pack: Mapping[str, bytes]) -> dict[str, Any]:
    """`draw.json`, read and complete.

    Raises:
        NotAPack: If a file of the pack is missing, or `draw.json` is not complete.
    """
    if missing := [name for name in FILES if name not in pack]:
        raise NotAPack(f"it has no {missing[0]}")
    try:
        draw: Any = json.loads(pack["draw.json"])
    except ValueError as error:
        raise NotAPack(f"draw.json cannot be read ({error})") from error
    if not isinstance(draw, dict):
        raise NotAPack("draw.json holds no names with values")
    if odd := [name for name in TEXTS if not isinstance(draw.get(name), str)]:
        raise NotAPack(f"draw.json has no text “{odd[0]}”")
    if not isinstance(draw.get("year"), int):
        raise NotAPack("draw.json has no whole number “year”")
    return draw


def fingerprint(pack: Mapping[str, bytes]) -> str:
    """The fingerprint of the list, written out by hand: names in order, no white space."""
    told = ",".join(
        f'"{name}":{{"bytes":{len(pack[name])},"sha256":"{hashlib.sha256(pack[name]).hexdigest()}"}}'
        for name in ("classes.csv", "pupils.csv")
    )
    listing = f'{{"files":{{{told}}},"kind":"registry.class_assignment"}}\n'
    return hashlib.sha256(listing.encode()).hexdigest()


def _seed(draw: Mapping[str, str]) -> str:
    return hashlib.sha256(f"{draw['ref']}|{draw['list']}|{draw['figures']}".encode()).hexdigest()


def _other(published: str, made: str) -> str:
    return "" if published == made else f"{published} ≠ {made}"


def _broken(pack: Mapping[str, bytes]) -> Iterator[str]:
    try:
        found = check(pack["pupils.csv"], pack["classes.csv"], pack["placements.csv"])
    except (KeyError, ValueError) as error:
        raise NotAPack(f"a table cannot be read ({error})") from error
    yield from found[:TOLD]
    if len(found) > TOLD:
        yield f"… {len(found)}"
