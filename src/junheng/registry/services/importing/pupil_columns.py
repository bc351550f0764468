"""The columns of a register's workbook, as the mapping of its version has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings

from junheng.commons.sheets import Column, Wrong
from junheng.kernel.codes import CodeTable, table
from junheng.kernel.faults import gettext_noop as _
from junheng.registry.files.national import Mapped, Version, version_for, versions

NAME = re.compile(r"[^\W\d_]+(?:[ \u00b7\u2022.'\u2019-]+[^\W\d_]+)*")
LONGEST_NAME = 60
PHONE = re.compile(r"\+?\d[\d -]{4,18}\d")
CLASS_NUMBER = re.compile(r"\D*(\d{1,2})\D*")
EXAMPLES = {
    "school_code": "2199000001",
    "name": "\u738b\u5c0f\u6db5",
    "sex": "\u5973",
    "born_on": "20190901",
    "ethnicity": "\u6c49\u65cf",
    "grade": "\u4e8c\u5e74\u7ea7",
    "class_number": "3",
    "entered_on": "202509",
    "guardian1_relation": "\u6bcd\u4eb2",
    "guardian1_phone": "13800000001",
}


class Words(Mapping[str, str]):
    """What each word of a column stands for; perhaps something for every other word.

    Where the words are codes of a table, its names are read as well, and `2-name` too.
    """

    def __init__(
        self, words: Mapping[str, str], other: str | None, codes: CodeTable | None = None
    ) -> None:
        self._words, self._other, self._codes = words, other, codes

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return self._meant(word) in self._words or self._other is not None

    def __getitem__(self, word: str) -> str:
        return self._words.get(self._meant(word), self._other or "")

    def _meant(self, word: object) -> str:
        text = str(word)
        if self._codes is None or text in self._words:
            return text
        return self._codes.read(text) or text


class Codes(Mapping[str, str]):
    """Codes of a standard by whatever somebody writes for them; names are offered."""

    def __init__(self, codes: CodeTable) -> None:
        self._codes = codes

    def __iter__(self) -> Iterator[str]:
        return (entry.zh for entry in self._codes.entries.values())

    def __len__(self) -> int:
        return len(self._codes.entries)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._codes.read(word) is not None

    def __getitem__(self, word: str) -> str:
        return self._codes.read(word) or ""


def newest() -> tuple[Column, ...]:
    """The columns of the newest version, for templates."""
    return _columns(versions(settings.NATIONAL_REGISTER)[0])


def columns_for(headers: Sequence[str]) -> tuple[Column, ...]:
    """The columns of the version by which a table can be read."""
    return _columns(version_for(headers, settings.NATIONAL_REGISTER))


def known_headers(headers: Sequence[str]) -> set[str]:
    """Headers that the version knows, those that are left alone among them."""
    version = version_for(headers, settings.NATIONAL_REGISTER)
    return {known for column in version.columns for known in (column.header, *column.also)}


@cache
def _by_version(version_name: str, own: str) -> tuple[Column, ...]:
    version = next(one for one in versions(own) if one.name == version_name)
    return tuple(_column(mapped) for mapped in version.read)


def _columns(version: Version) -> tuple[Column, ...]:
    return _by_version(version.name, settings.NATIONAL_REGISTER)


def _column(mapped: Mapped) -> Column:
    more: dict[str, Any] = {
        "text": {"kind": "text"},
        "code": {"kind": "choice"},
        "words": {"kind": "choice"},
    }.get(mapped.kind, {"kind": mapped.kind})
    if mapped.kind == "code":
        more["choices"] = Codes(table(mapped.table))
    if mapped.kind == "words":
        codes = table(mapped.table) if mapped.table else None
        more["choices"] = Words(mapped.words, mapped.other, codes)
    return Column(
        mapped.name,
        mapped.header,
        also=mapped.also,
        required=mapped.required,
        check=_check(mapped.name),
        example=EXAMPLES.get(mapped.name, ""),
        **more,
    )


def _check(name: str) -> Any:
    if name == "name" or name.endswith("_name"):
        return _name
    if name.endswith("_phone"):
        return _phone
    return _class_number if name == "class_number" else None


def _name(value: str) -> Wrong | None:
    if len(value) <= LONGEST_NAME and NAME.fullmatch(value):
        return None
    return Wrong(
        _("“%(value)s” is no name: a name has letters only."),
        _("Write the name as it stands in the household book."),
        {"value": value[:LONGEST_NAME]},
    )


def _phone(value: str) -> Wrong | None:
    if PHONE.fullmatch(value):
        return None
    return Wrong(_("“%(value)s” is no phone number."), _("Write digits only."), {"value": value})


def _class_number(value: str) -> Wrong | None:
    if class_number_of(value):
        return None
    return Wrong(
        _("“%(value)s” names no class."),
        _("Write its number in the grade, 1 to 99."),
        {"value": value},
    )


def class_number_of(text: str) -> int:
    """The number in the grade of a class as schools write it; 0 for none."""
    found = CLASS_NUMBER.fullmatch(text)
    return int(found[1]) if found else 0
