"""Stretches of time in constraints of the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, F, Func, Value, When


def days(start: str = "valid_from", end: str = "valid_to", bounds: str = "[)") -> Func:
    """The days on which a dated row holds; an open end reaches for ever."""
    last = () if bounds == "[)" else (Value(bounds),)
    return Func(F(start), F(end), *last, function="daterange")


def one_key(name: str) -> Func:
    """A whole number as a range of one, since plain numbers have no place in a GiST index."""
    return Func(F(name), F(name), Value("[]"), function="int8range")


def one_of(name: str, words: Sequence[str]) -> Func:
    """A word out of a few as a range of one; a word has no place in a GiST index either."""
    number = Case(*(When(**{name: word}, then=Value(n)) for n, word in enumerate(words)))
    return Func(number, number, Value("[]"), function="int8range")
