"""Where a family lives, from what it types: never a guess, a choice where there are several."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db.models import Q

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
    below = Place.objects.current().filter(path__startswith=path, level=Level.VILLAGE)
    stem = _stem(name)
    named = Q(name__iexact=name) | Q(name__istartswith=stem)
    rows = below.filter(named).order_by("name", "code").values_list("code", "name", "parent__name")
    found = [Village(*row) for row in rows[: SHOWN + 1]]
    exact = [one for one in found if _is(one, name, stem)]
    return (exact or found)[:SHOWN]


def village_of(path: str, code: str) -> Village | None:
    """A village of the county by its code."""
    if not code:
        return None
    rows = Place.objects.filter(path__startswith=path, level=Level.VILLAGE, code=code)
    row = rows.values_list("code", "name", "parent__name").first()
    return Village(*row) if row else None


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
