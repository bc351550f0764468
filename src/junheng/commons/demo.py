"""The accounts of a demonstration, so that its front page can offer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to try the site as."""

    username: str
    password: str
    role: Any  # a lazy translation
    sees: Any = ""


_sources: list[Callable[[], Sequence[DemoAccount]]] = []


def announce(source: Callable[[], Sequence[DemoAccount]]) -> None:
    """Name where the demonstration's accounts come from; call it from `AppConfig.ready`."""
    _sources.append(source)


def accounts() -> list[DemoAccount]:
    """The accounts to show: none unless this installation is a demonstration."""
    return published() if settings.DEMO else []


def published() -> list[DemoAccount]:
    """Every account of which the password is known to all, wherever this is."""
    return [account for source in _sources for account in source()]
