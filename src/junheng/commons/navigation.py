"""What the sidebar and the front page offer: each room registers its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

Label = Any  # a lazy translation or a plain string


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry; `may` gets the signed-in user, `badge` counts what waits for them."""

    label: Label
    icon: str
    url_name: str
    may: Callable[[Any], bool]
    order: int = 100
    badge: Callable[[Any], int] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as the page shows it."""

    label: str
    icon: str
    url: str
    waiting: int
    active: bool


@dataclass(frozen=True, slots=True)
class PublicWay:
    """A page for everybody that the front page leads to."""

    label: Label
    note: Label
    icon: str
    url_name: str
    order: int = 100

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_items: dict[str, NavItem] = {}
_public: dict[str, PublicWay] = {}


def register(item: NavItem) -> None:
    """Put an entry into the sidebar; call it from `AppConfig.ready`."""
    if item.url_name in _items:
        raise ValueError(f"{item.url_name} is in the sidebar already")
    _items[item.url_name] = item


def register_public(way: PublicWay) -> None:
    """Offer a page on the front page; call it from `AppConfig.ready`."""
    _public[way.url_name] = way


def public_ways() -> list[PublicWay]:
    """What the front page leads to."""
    return sorted(_public.values(), key=lambda way: (way.order, way.url_name))


def links_for(request: HttpRequest) -> list[NavLink]:
    """The entries that this person may use, the one for the present page marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    shown = sorted((i for i in _items.values() if i.may(user)), key=lambda i: (i.order, i.url_name))
    urls = {item.url_name: reverse(item.url_name) for item in shown}
    here = _nearest(request.path, urls.values())
    return [
        NavLink(
            label=str(item.label),
            icon=item.icon,
            url=urls[item.url_name],
            waiting=item.badge(user) if item.badge else 0,
            active=urls[item.url_name] == here,
        )
        for item in shown
    ]


def _nearest(path: str, urls: Iterable[str]) -> str | None:
    """The longest address that the page lies under; the front page lies only under itself."""
    above = (url for url in urls if path == url or (url != "/" and path.startswith(url)))
    return max(above, key=len, default=None)
