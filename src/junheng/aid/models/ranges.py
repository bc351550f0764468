"""Stretches of time in constraints of the database."""

from __future__ import annotations

from django.db.models import F, Func, Value


def days(start: str = "valid_from", end: str = "valid_to") -> Func:
    """The days on which a dated row holds; an open end reaches for ever."""
    return Func(F(start), F(end), function="daterange")


def one_key(name: str) -> Func:
    """A whole number as a range of one, since plain numbers have no place in a GiST index."""
    return Func(F(name), F(name), Value("[]"), function="int8range")
