"""Cards of the workbench: a room registers one, the front door shows it knowing no room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest

Width = Literal["quarter", "third", "half", "two-thirds", "full"]


@dataclass(frozen=True, slots=True)
class Widget:
    """One card: `data` gives its template a context, or None when there is nothing to show."""

    name: str
    template: str
    data: Callable[[HttpRequest], Mapping[str, Any] | None]
    may: Callable[[Any], bool]
    order: int = 100
    width: Width = "half"


@dataclass(frozen=True, slots=True)
class Card:
    """A widget with its data, ready for the page."""

    name: str
    template: str
    width: Width
    data: Mapping[str, Any]


_widgets: dict[str, Widget] = {}


def register(widget: Widget) -> None:
    """Offer a card for the workbench; call it from `AppConfig.ready`."""
    if widget.name in _widgets:
        raise ValueError(f"a card named {widget.name} is on the workbench already")
    _widgets[widget.name] = widget


def cards_for(request: HttpRequest) -> list[Card]:
    """The cards this person may see and that have something to show, in order."""
    mine = sorted(
        (w for w in _widgets.values() if w.may(request.user)), key=lambda w: (w.order, w.name)
    )
    found = ((widget, widget.data(request)) for widget in mine)
    return [
        Card(widget.name, widget.template, widget.width, data)
        for widget, data in found
        if data is not None
    ]
