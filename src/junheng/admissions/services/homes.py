"""Where a family lives, from what it types: never a guess, a choice where there are several."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from junheng.commons.made_once import made_once
from junheng.places.facade import Level, Place

SHOWN = 12
ENDINGS = ("居民委员会", "村民委员会", "村委会", "居委会", "社区", "村", " village")


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community, and the township in which it lies."""

    code: str
    name: str
    township: str


def villages_named(path: str, text: str) -> list[Village]:
    """The villages and communities of a county that somebody may mean, by name.

    One that is named exactly so stands alone; otherwise those whose name begins like the text,
    at most `SHOWN` of them.

    Args:
        path: The county's path.
        text: As typed; endings such as 村 and 社区 may be left out.
    """
    name = _plain(text)
    if not name:
        return []
    stem = _stem(name)
    found = [Village(*row) for row in _like(path, stem, timezone.localdate())]
    exact = [one for one in found if _is(one, name, stem)]
    return (exact or found)[:SHOWN]


Names = tuple[str, str, str]
"""Code, name and name of the township."""


@made_once
def _like(path: str, stem: str, on: date) -> QuerySet[Place, Names]:
    below = Place.objects.current(on).filter(path__startswith=path, level=Level.VILLAGE)
    named = below.filter(name__istartswith=stem).order_by("name", "code")
    return named.values_list("code", "name", "parent__name")[: SHOWN + 1]


@made_once
def _of_code(path: str, code: str) -> QuerySet[Place, Names]:
    rows = Place.objects.filter(path__startswith=path, level=Level.VILLAGE, code=code)
    return rows.values_list("code", "name", "parent__name")[:1]


def village_of(path: str, code: str) -> Village | None:
    """A village of the county by its code."""
    if not code:
        return None
    return next((Village(*row) for row in _of_code(path, code)), None)


def _is(village: Village, name: str, stem: str) -> bool:
    own = _plain(village.name).casefold()
    return own == name.casefold() or _stem(own) == stem.casefold()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _stem(name: str) -> str:
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name
