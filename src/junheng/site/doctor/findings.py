"""What a check is, and what it finds: a sentence of what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path

from junheng.kernel.faults import Gettext


class Level(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    FAULT = "fault"


class Needs(IntEnum):
    """What must be there before a check can look; the later ones need the earlier ones too."""

    MACHINE = 0
    SETTINGS = 1
    DATABASE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        level: A warning may wait until tomorrow, a fault may not.
        sentence: What is wrong (msgid), with holes for `figures`.
        remedy: What to do (msgid), with holes for `figures`.
        figures: What goes into the holes.
    """

    level: Level
    sentence: str
    remedy: str
    figures: Mapping[str, object] = field(default_factory=dict)

    def said(self, gettext: Gettext) -> tuple[str, str]:
        """Sentence and remedy in the language that `gettext` speaks."""
        return gettext(self.sentence) % self.figures, gettext(self.remedy) % self.figures


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at.

    Attributes:
        var: The folder of data.
        keys: The file of keys.
        thorough: Look at everything, where a sample would do.
        stopped: The site is not meant to run now.
    """

    var: Path
    keys: Path
    thorough: bool = False
    stopped: bool = False


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """One question about an installation."""

    slug: str
    needs: Needs
    look: Callable[[Patient], Findings]

    @property
    def question(self) -> str:
        """What the check is about, in English, as its function says it."""
        return (self.look.__doc__ or "").strip()


CHECKS: list[Check] = []


def check(slug: str, *, needs: Needs) -> Callable[[Callable[[Patient], Findings]], Check]:
    """Register a function as a check; what it yields is wrong, nothing yielded is fine."""

    def register(look: Callable[[Patient], Findings]) -> Check:
        CHECKS.append(Check(slug, needs, look))
        return CHECKS[-1]

    return register


def warning(sentence: str, remedy: str, **figures: object) -> Finding:
    """Something that can wait."""
    return Finding(Level.WARNING, sentence, remedy, figures)


def fault(sentence: str, remedy: str, **figures: object) -> Finding:
    """Something that cannot."""
    return Finding(Level.FAULT, sentence, remedy, figures)
