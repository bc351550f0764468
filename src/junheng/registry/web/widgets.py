"""The register's card on the workbench: how many classes are above the cap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.registry.models import SchoolClass
from junheng.registry.selectors.classes import exempt_classes, figures_of, latest_year
from junheng.registry.web.words import share, year_name


def large_classes(request: HttpRequest) -> Mapping[str, Any] | None:
    """Classes above the cap in the latest school year; no card where there is no class."""
    if not isinstance(request.user, User):
        return None
    year = latest_year(request.user)
    if year is None:
        return None
    classes = SchoolClass.objects.for_user(request.user).of_year(year)
    figures = figures_of(classes)
    return {
        "figures": figures,
        "share": share(figures.large_share),
        "year": year_name(year),
        "exempt": exempt_classes(classes, timezone.localdate()).count(),
    }
