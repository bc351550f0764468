"""The triggers of all models, looked up and not searched through.

The library compares every new trigger with all that are there, and there are several hundred: a
third of the time that a process of ours took to begin.
"""

from __future__ import annotations

from typing import Any

from pgtrigger import registry


class Registry(registry._Registry):
    """The library's registry, which knows its tables and names by heart."""

    def __init__(self) -> None:
        self._by_table: dict[tuple[str, str], Any] = {}
        self._names: set[str] = set()
        super().__init__()

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        """By its table and its name."""
        return self._by_table

    @property
    def pg_function_names(self) -> set[str]:
        """What they are called in the database."""
        return self._names

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]  # the library's
        model, trigger = value
        self._by_table[model._meta.db_table, trigger.name] = trigger
        self._names.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)  # type: ignore[no-untyped-call]  # the library's
        del self._by_table[model._meta.db_table, trigger.name]
        self._names.discard(trigger.get_pgid(model))


def install() -> None:
    """Once, before the first model; asking twice is asking once."""
    if type(registry._registry) is not Registry:
        registry._registry = Registry()
