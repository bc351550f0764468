"""Every rule of a round: where it stands, what it may be, what to tell whoever got it wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from junheng.admissions.engine.types import Key, Method, Mode, Silence, Unranked
from junheng.admissions.files.identifiers import is_identifier
from junheng.kernel.faults import gettext_noop as _

LEVELS = ("primary", "lower_secondary")
REQUIRED = object()
"""Stands for the default of a rule that has none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One key: where it stands, how it is read, and what to tell whoever got it wrong."""

    section: str
    key: str
    read: Callable[[object], Any]
    from_text: Callable[[str], object]
    fix: str
    default: object = REQUIRED


def _one_of(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return read


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError
        return value

    return read


def _name(value: object) -> str:
    if not isinstance(value, str) or not is_identifier(value):
        raise ValueError
    return value


def _seed(value: object) -> str:
    if not isinstance(value, str) or value.strip() != value or not value.isprintable():
        raise ValueError
    return value


def _sha256(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _priority(value: object) -> tuple[Key, ...]:
    if not isinstance(value, list):
        raise ValueError
    keys = tuple(Key(key) for key in value)
    if not keys or keys[-1] is not Key.TICKET or len(set(keys)) < len(keys):
        raise ValueError
    return keys


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    names = tuple(sorted(map(_name, value)))
    if len(set(names)) < len(names):
        raise ValueError
    return names


def _bbox(value: object) -> tuple[float, float, float, float]:
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        raise ValueError
    west, south, east, north = map(float, value)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError
    return west, south, east, north


def _text_to_whole(text: str) -> object:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text


def _text_to_truth(text: str) -> object:
    return {"true": True, "false": False}.get(text.casefold(), text)


def _text_to_list(text: str) -> object:
    return [part.strip(" []\"'") for part in text.split(",")]


def _text_to_numbers(text: str) -> object:
    try:
        return [float(part) for part in text.strip("[] ").split(",")]
    except ValueError:
        return text


RULES = (
    Rule(
        "round",
        "version",
        _whole(1, 3),
        _text_to_whole,
        _("Write 2 for mode open or grade, 3 for schools by lottery, or leave the line out."),
        default=1,
    ),
    Rule(
        "round",
        "ref",
        _name,
        str,
        _("Write a short name of the round, without comma, quote or |, such as 2026-g1."),
    ),
    Rule(
        "round",
        "year",
        _whole(1900, 9999),
        _text_to_whole,
        _("Write the year in which the school year starts, as a number, such as 2026."),
    ),
    Rule("round", "level", _one_of(*LEVELS), str, _("Write primary or lower_secondary.")),
    Rule(
        "round",
        "class_cap",
        _whole(1, 1000),
        _text_to_whole,
        _("Write the most pupils a class may have, as a number, such as 55."),
    ),
    Rule(
        "round",
        "priority",
        _priority,
        _text_to_list,
        _("List tier, sibling, ticket in the order that counts, each at most once, ticket last."),
    ),
    Rule("round", "choices_only", _truth, _text_to_truth, _("Write true or false."), default=False),
    Rule(
        "round",
        "bbox",
        _bbox,
        _text_to_numbers,
        _("Write west, south, east and north in degrees, west below east, south below north."),
        default=None,
    ),
    Rule(
        "lottery",
        "method",
        _one_of(*Method),
        str,
        _("Write hmac-sha256 or ring-interval."),
    ),
    Rule(
        "lottery",
        "seed",
        _seed,
        str,
        _("Write it as text on one line, without white space at its ends."),
        default="",
    ),
    Rule(
        "lottery",
        "by_lottery",
        _names,
        _text_to_list,
        _("List the school_id of every school at which the ticket alone decides, each once."),
        default=(),
    ),
    Rule(
        "diversion",
        "mode",
        _one_of(*Mode),
        str,
        _("Write none or zone, or with version = 2 also open or grade."),
        default=Mode.NONE,
    ),
    Rule(
        "diversion",
        "max_distance_m",
        _whole(1, 10**9),
        _text_to_whole,
        _("Write whole metres, such as 8000, or leave the line out."),
        default=None,
    ),
    Rule(
        "diversion",
        "silence",
        _one_of(*Silence),
        str,
        _("Say what it means that a family does not answer: write nearest, last or decline."),
        default=None,
    ),
    Rule(
        "diversion",
        "unranked",
        _one_of(*Unranked),
        str,
        _("Say what becomes of schools a family left out: write nearest or decline."),
        default=None,
    ),
    Rule(
        "diversion",
        "first_run",
        _sha256,
        str,
        _("Copy the 64 characters that the first run printed, or leave the line out."),
        default="",
    ),
)
SECTIONS = tuple(dict.fromkeys(rule.section for rule in RULES))
