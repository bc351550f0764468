"""What columns of many tables share: choices by the words people write, and identity numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from junheng.commons.sheets import Wrong, in_every_language
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.resident_id import NotResidentId, ResidentId


class Choices(Mapping[str, str]):
    """Stored values by the words that people write for them, in any language, or by themselves.

    What is offered is in the reader's language; what is understood is in every one.
    """

    def __init__(self, labels: Mapping[str, Any]) -> None:
        self._labels = labels

    def __iter__(self) -> Iterator[str]:
        return (str(label) for label in self._labels.values())

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, word: str) -> str:
        for stored, label in self._labels.items():
            if word == stored or word in in_every_language(label):
                return str(stored)
        raise KeyError(word)


def sound_resident_id(text: str) -> Wrong | None:
    """What is wrong with an identity number of a cell, None if nothing is."""
    try:
        ResidentId.parse(text)
    except NotResidentId as error:
        return Wrong(str(error), _("Copy it again from the document."))
    return None
