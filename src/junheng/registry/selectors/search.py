"""Finding pupils by the beginning of a name, by its initials, or by a whole number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from junheng.accounts.facade import User, scope_q
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.places.facade import Organisation
from junheng.registry.engine.search_keys import LONGEST, asked, is_found_by, plain_name
from junheng.registry.models import Pupil
from junheng.registry.models.number_keys import national_number_key, resident_id_key
from junheng.registry.models.search import token_of

MOST = 500
"""So many are found at most: whoever finds more has to write more of the name."""
NUMBER = re.compile(r"[A-Za-z]{0,2}[-\d]{4,}[A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """Pupils that a search is about, and whether there are more than these."""

    pupils: tuple[UUID, ...]
    more: bool = False


def find_pupils(user: User, query: str) -> Found:
    """Pupils within somebody's scope; a name is found from its beginning only.

    Args:
        user: Who asks.
        query: The beginning of a name or of its initials, or a whole resident ID number,
            national pupil number or number of the record.
    """
    if NUMBER.fullmatch(query.strip()):
        return Found(_by_number(user, query.strip()))
    key = asked(query)
    if key is None:
        return Found(())
    found = _by_token(_schools(user), token_of(key), MOST + 1)
    if len(plain_name(query)) > LONGEST:
        found = _whole(found, query)
    return Found(tuple(found[:MOST]), more=len(found) > MOST)


def _schools(user: User) -> list[int]:
    """The organisations in somebody's scope: few against the pupils, so they lead the search."""
    inside = Organisation.objects.filter(scope_q(user, "path"))
    return list(inside.order_by("pk").values_list("pk", flat=True))


def _by_token(schools: list[int], token: int, most: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_KEYS_OF, [token, schools, most])
        return [pupil for (pupil,) in cursor.fetchall()]


_KEYS_OF = """
    SELECT pupil_id FROM registry_pupilsearchkey
    WHERE token = %s AND organisation_id = ANY(%s)
    ORDER BY organisation_id LIMIT %s
"""


def _whole(pupils: list[UUID], query: str) -> list[UUID]:
    """Those whose names begin with all of a question that is longer than a key."""
    rows = Pupil.objects.filter(pk__in=pupils).only("pk", "name")
    fitting = {row.pk for row in rows if is_found_by(str(row.name), query)}
    return [pupil for pupil in pupils if pupil in fitting]


def _by_number(user: User, text: str) -> tuple[UUID, ...]:
    """By a whole number; parts of one find nothing."""
    rows: Any = Pupil.objects.for_user(user)
    keys = {
        "number": text.upper(),
        "resident_id_key": resident_id_key(_whole_id(text)),
        "national_number_key": national_number_key(text),
    }
    for field, key in keys.items():
        if found := tuple(rows.filter(**{field: key}).values_list("pk", flat=True)[:MOST]):
            return found
    return ()


def _whole_id(text: str) -> str:
    try:
        return ResidentId.from_old(text).number
    except NotResidentId:
        return text
