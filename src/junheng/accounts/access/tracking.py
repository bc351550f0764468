"""Which histories the audit pages search, and how each row is scoped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Tracked:
    """A model with a history.

    Attributes:
        model: The tracked model.
        path: Lookup from a row to the path that scopes it.
        private: Fields whose values the audit pages never show, only that they changed.
    """

    model: type[Model]
    path: str
    private: frozenset[str]

    @property
    def kind(self) -> str:
        """The name in addresses and in the log."""
        return self.model._meta.label_lower

    @property
    def label(self) -> str:
        """What people call it."""
        return str(self.model._meta.verbose_name)

    @property
    def events(self) -> Any:
        """The event rows."""
        tracked: Any = self.model
        return tracked.pgh_event_model.objects


_tracked: dict[str, Tracked] = {}


def register(model: type[Model], *, path: str, private: Collection[str] = ()) -> None:
    """Let auditors search the history of a model; call it from `AppConfig.ready`.

    Args:
        model: A model that is `tracked`.
        path: Lookup from its rows to a path of the tree, such as `organisation__path`.
        private: Fields whose values are not for auditors, such as names of children. Sealed
            fields need not be named.
    """
    found = Tracked(model, path, frozenset(private))
    _tracked[found.kind] = found


def tracked_kinds() -> Mapping[str, Tracked]:
    """All of them, by kind."""
    return dict(sorted(_tracked.items(), key=lambda entry: entry[1].label))
