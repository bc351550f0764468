"""Which histories the audit pages search, and how each row is scoped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Tracked:
    """A model with a history.

    Attributes:
        model: The tracked model.
        path: Lookup from a row to the path that scopes it.
        private: Fields whose values the audit pages never show, only that they changed.
        about: Fields that tell in a list which row it is.
    """

    model: type[Model]
    path: str
    private: frozenset[str]
    about: tuple[str, ...]

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
        """The event rows, with what tells which row each is about."""
        tracked: Any = self.model
        related = [step for name in self.about if (step := _relations(self.model, name))]
        return tracked.pgh_event_model.objects.select_related(*related)

    def words(self, event: Any) -> str:
        """Which row an event is about."""
        return " · ".join(str(reduce(getattr, name.split("__"), event)) for name in self.about)


def _relations(model: type[Model], lookup: str) -> str:
    """The part of a lookup that leads over other tables: `post` of `post__title`."""
    steps: list[str] = []
    there: Any = model
    for name in lookup.split("__"):
        field = there._meta.get_field(name)
        if not field.is_relation:
            break
        steps.append(name)
        there = field.related_model
    return "__".join(steps)


_tracked: dict[str, Tracked] = {}


def register(
    model: type[Model], *, path: str, private: Collection[str] = (), about: Collection[str] = ()
) -> None:
    """Let auditors search the history of a model; call it from `AppConfig.ready`.

    Args:
        model: A model that is `tracked`.
        path: Lookup from its rows to a path of the tree, such as `organisation__path`.
        private: Fields whose values are not for auditors, such as names of children. Sealed
            fields need not be named.
        about: Lookups that tell in a list which row it is, such as `post__title`; none private.
    """
    found = Tracked(model, path, frozenset(private), tuple(about))
    _tracked[found.kind] = found


def tracked_kinds() -> Mapping[str, Tracked]:
    """All of them, by kind."""
    return dict(sorted(_tracked.items(), key=lambda entry: entry[1].label))
