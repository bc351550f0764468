"""One way to say what is wrong with a file, for pages, the command line and error workbooks.

The sentence is formed in English at once, so it can be logged and compared; what it was
formed from is kept beside it, so the edge can say the same in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

Gettext = Callable[[str], str]


def gettext_noop(message: str) -> str:
    """Mark a sentence for the catalogue without translating it here."""
    return message


@dataclass(frozen=True, slots=True)
class Words:
    """What a fault's sentences were formed from.

    Attributes:
        message: Source sentence (msgid) with `%(name)s` holes.
        fix: The same for what to do.
        figures: What goes into the holes of both.
    """

    message: str
    fix: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input, told so that whoever made the file can mend it.

    Attributes:
        file: File, or `workbook.xlsx/sheet`, as the person who sent it knows it.
        row: Row as a spreadsheet shows it (the header is row 1), or None for the whole file.
        column: Column by its header, or "" for the whole row or file.
        message: What is wrong, a whole sentence.
        fix: What to do, a whole sentence, or "".
        words: What the sentences were formed from, or None if they came ready made.
    """

    file: str
    row: int | None
    column: str
    message: str
    fix: str = ""
    words: Words | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        parts = (place, self.column, f"{self.message} {self.fix}".strip())
        return ": ".join(part for part in parts if part)

    def said_in(self, gettext: Gettext) -> Fault:
        """The same fault in the language that `gettext` speaks."""
        if self.words is None:
            return self
        figures = dict(self.words.figures)
        return replace(
            self,
            message=_filled(gettext(self.words.message), figures),
            fix=_filled(gettext(self.words.fix), figures) if self.words.fix else "",
        )


def fault(
    file: str, row: int | None, column: str, message: str, fix: str = "", **figures: object
) -> Fault:
    """Form a fault that can later be said in another language.

    Args:
        file: File or `workbook.xlsx/sheet`.
        row: Row from 1, or None for the whole file.
        column: Header of the column, or "".
        message: What is wrong: a source sentence, marked with `gettext_noop`, with
            `%(name)s` holes.
        fix: What to do, likewise, or "".
        **figures: What goes into the holes; every value is shown by its `str`.
    """
    shown = tuple((name, str(value)) for name, value in figures.items())
    words = Words(message, fix, shown)
    named = dict(shown)
    return Fault(file, row, column, _filled(message, named), _filled(fix, named), words)


def _filled(sentence: str, figures: Mapping[str, str]) -> str:
    return sentence % figures if figures else sentence


class Refused(Exception):
    """An input that cannot be used, with every fault that was found in it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
