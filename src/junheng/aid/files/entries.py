"""Taking a TOML document apart, with every entry that is wrong told by its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

T = TypeVar("T")
_KINDS: Mapping[type, str] = {
    str: _("This has to be text in quotes."),
    int: _("This has to be a whole number."),
    bool: _("This has to be true or false."),
    date: _("This has to be a day such as 2026-09-01, without quotes."),
    list: _("This has to be a list in square brackets."),
    dict: _("This has to be a table of entries."),
}


def read_toml(data: bytes, file: str) -> dict[str, Any]:
    """A document.

    Raises:
        Refused: If it is not UTF-8, or not TOML, with the line.
    """
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        told = _("The file is not in UTF-8.")
        raise Refused([fault(file, None, "", told, _("Save it as UTF-8."))]) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        told = _("The file cannot be read as TOML from here on.")
        fix = _("Look for a missing quote or bracket, or a key that stands twice.")
        raise Refused([fault(file, int(line[1]) if line else None, "", told, fix)]) from None


@dataclass(slots=True)
class Entries:
    """One table of a document, and the faults found so far.

    Attributes:
        file: Of which file.
        place: Which table of it, "" for the document.
        table: Its entries.
        faults: Shared by all tables of the document.
    """

    file: str
    place: str
    table: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, key: str, message: str, fix: str = "", **figures: object) -> None:
        """Note what is wrong with an entry."""
        place = ", ".join(part for part in (self.place, key) if part)
        self.faults.append(fault(self.file, None, place, message, fix, **figures))

    def known(self, keys: Collection[str]) -> None:
        """Note entries that nobody reads: a misspelt one must not be ignored."""
        for key in self.table:
            if key not in keys:
                fix = _("Known here are: %(keys)s.")
                self.refuse(key, _("This entry is not known."), fix, keys=", ".join(keys))

    def take(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        """An entry of a kind; None, and noted, if it is missing or of another.

        Args:
            key: Which.
            kind: What it has to be.
            default: What it is when left out; None if it may not be.
        """
        if key not in self.table:
            if default is None:
                self.refuse(key, _("This entry is missing."), _("Add it."))
            return default
        value = self.table[key]
        if not _is(value, kind):
            self.refuse(key, _KINDS[kind])
            return None
        return value  # type: ignore[no-any-return]  # just looked at

    def text(self, key: str, default: str | None = None) -> str | None:
        """Words on one line, without space around them."""
        value = self.take(key, str, default)
        if value is not None and (value.strip() != value or not value.isprintable()):
            self.refuse(key, _("There is a line break or a space at an end."), _("Remove it."))
            return None
        if value == "" and default is None:
            self.refuse(key, _("This entry is empty."), _("Fill it in."))
            return None
        return value

    def inner(self, key: str) -> Entries | None:
        """A table inside."""
        value = self.take(key, dict)
        return None if value is None else self._at(key, value)

    def each(self, key: str, named: str) -> list[Entries]:
        """Tables inside that stand in a row.

        Args:
            key: As in `[[key]]`.
            named: What one is called in a place, such as "version".
        """
        value = self.take(key, list, [])
        if any(not isinstance(one, dict) for one in value or ()):
            self.refuse(key, _KINDS[dict])
            return []
        return [self._at(f"{named} {number}", one) for number, one in enumerate(value or (), 1)]

    def _at(self, place: str, table: Mapping[str, Any]) -> Entries:
        whole = ", ".join(part for part in (self.place, place) if part)
        return Entries(self.file, whole, table, self.faults)


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return type(value) is int
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)
