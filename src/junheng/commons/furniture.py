"""What every page needs to know: names, language, type size, sidebar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from junheng.commons.navigation import links_for

LARGE_TYPE_COOKIE = "junheng_large_type"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class House:
    """The installation and the reader's choices."""

    name: str
    bureau: str
    demo: bool
    map_approval: str
    large_type: bool
    languages: tuple[tuple[str, str], ...]
    idle_minutes: int


def house_for(request: HttpRequest | None) -> House:
    return House(
        name=gettext("Junheng"),
        bureau=bureau_name(),
        demo=settings.DEMO,
        map_approval=settings.MAP_APPROVAL,
        large_type=request is not None and has_large_type(request),
        languages=tuple((code, str(name)) for code, name in settings.LANGUAGES),
        idle_minutes=settings.IDLE_MINUTES,
    )


def bureau_name() -> str:
    """The bureau's name on pages and papers."""
    return settings.BUREAU_NAME or gettext("County education bureau")


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Context processor; the sidebar is worked out only by pages that have one."""
    return {"house": house_for(request), "sidebar": SimpleLazyObject(lambda: links_for(request))}


def has_large_type(request: HttpRequest) -> bool:
    """Whether the reader chose the large type."""
    return request.COOKIES.get(LARGE_TYPE_COOKIE) == "1"


def remember_large_type(response: HttpResponse, *, large: bool) -> None:
    """Keep the choice of type size in the reader's own browser for a year."""
    if large:
        response.set_cookie(
            LARGE_TYPE_COOKIE,
            "1",
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(LARGE_TYPE_COOKIE, samesite="Lax")
