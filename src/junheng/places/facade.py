"""What other rooms may use of the tree of places."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from junheng.commons.dated import DatedQuerySet, current_on
from junheng.commons.made_once import made_once
from junheng.places.models import (
    GOVERNS_ITS_PLACE,
    ORGANISATION_CODE,
    Dated,
    Level,
    Organisation,
    OrganisationKind,
    Place,
    Post,
    Role,
    path_of,
)
from junheng.places.services import (
    Loaded,
    change_organisation,
    load_divisions,
    open_organisation,
)
from junheng.places.services.following import stays

__all__ = [
    "GOVERNS_ITS_PLACE",
    "ORGANISATION_CODE",
    "Dated",
    "DatedQuerySet",
    "Level",
    "Loaded",
    "Organisation",
    "OrganisationKind",
    "Place",
    "Post",
    "Role",
    "change_organisation",
    "current_on",
    "load_divisions",
    "open_organisation",
    "path_of",
    "place_by_code",
    "stays",
    "under",
]


def place_by_code(code: str) -> Place:
    """The place that bears an official code.

    Args:
        code: The division's code, as in GB/T 2260 and its extensions (2 to 12 digits).

    Raises:
        Place.DoesNotExist: If no place bears it.
    """
    for found in _by_code(code):
        return found
    raise Place.DoesNotExist(code)


@made_once
def _by_code(code: str) -> QuerySet[Place]:
    return Place.objects.defer("outline").filter(code=code)


def under(path: str, field: str = "path") -> Q:
    """The condition that a row lies at or below a path.

    Args:
        path: A place's or organisation's path, such as `/99/9901/`.
        field: Where the row keeps its path, such as `school__path`.
    """
    return Q(**{f"{field}__startswith": path})
