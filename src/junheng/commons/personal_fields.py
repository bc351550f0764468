"""Which fields of which tables are personal, and the register that says why each is kept.

A field is personal if it is sealed or a blind index, holds a network address, or bears one of the
names below. Each needs an entry in `personal_data.toml`; `tools/personal_data.py` fails otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from django.apps import apps
from django.db.models import GenericIPAddressField

from junheng.commons.sealing import BlindIndexField, SealedTextField

NAMES = frozenset(
    {"born_on", "phone", "telephone", "email", "username", "child_name", "guardian_name"}
    | {"listed"}  # whose number in a list that is kept for good
    | {"facts", "answers"}  # what is known of somebody, and what was decided from it
)
WORDS = ("what", "purpose", "basis", "recipients", "source")
IN_BOTH = (*WORDS, "stays")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a field; texts by language.

    Attributes:
        key: Such as "admissions.Application.phone".
        about: See `PersonalField.About`.
        clock, days: How long it is kept, and from when.
        since: From when this version of the entry holds.
        stays: What is kept when it is deleted, and in which form.
        least: Days below which a bureau cannot go.
        words: Whether it is free text, in which people may be spoken of.
    """

    key: str
    about: str
    what: Mapping[str, str]
    purpose: Mapping[str, str]
    basis: Mapping[str, str]
    recipients: Mapping[str, str]
    source: Mapping[str, str]
    clock: str
    days: int
    since: date
    stays: Mapping[str, str]
    least: int = 30
    words: bool = False


def entries() -> list[Entry]:
    """The register as this version of the program brings it."""
    table = tomllib.loads(files(__package__).joinpath("personal_data.toml").read_text("utf-8"))
    return [entry for row in table["entry"] for entry in _entries(row)]


def _entries(row: dict[str, Any]) -> Iterator[Entry]:
    facts = {key: value for key, value in row.items() if key not in ("model", "fields")}
    for field in row["fields"]:
        yield Entry(key=f"{row['model']}.{field}", **facts)


def personal_fields() -> set[str]:
    """Every personal field of the house's own tables; histories repeat them and are left out."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("junheng.")
        and not hasattr(model, "pgh_tracked_model")
        and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedTextField | BlindIndexField | GenericIPAddressField)
        or field.name in NAMES
    }


def _all_fields() -> set[str]:
    """Every column of the house's own tables."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
    }


def gaps() -> list[str]:
    """What is wrong between the tables and the register, in words for whoever adds a field."""
    known = [entry.key for entry in entries()]
    found = personal_fields()
    said = [
        f"{key}: personal, and without an entry in src/junheng/commons/personal_data.toml "
        "(purpose, basis, recipients, source, clock)"
        for key in sorted(found - set(known))
    ]
    said += [
        f"{entry.key}: in the register, but no personal field"
        for entry in entries()
        if entry.key not in (_all_fields() if entry.words else found)
    ]
    said += [f"{key}: twice in the register" for key in sorted(known) if known.count(key) > 1]
    said += [
        f"{entry.key}: {name} needs both languages"
        for entry in entries()
        for name in IN_BOTH
        if set(getattr(entry, name)) != {"zh", "en"}
    ]
    return said
