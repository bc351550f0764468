"""Why a backup or a restore does not go on: a sentence, and what to do."""

from __future__ import annotations

from junheng.kernel.faults import Gettext


class NotDone(Exception):
    """It was not done, and nothing was changed.

    Args:
        sentence: What is the matter (msgid), with holes for `figures`.
        remedy: What to do (msgid), with holes for `figures`.
        figures: What goes into the holes.
    """

    def __init__(self, sentence: str, remedy: str, **figures: object) -> None:
        self.sentence, self.remedy, self.figures = sentence, remedy, figures
        super().__init__(self.said(str))

    def said(self, gettext: Gettext) -> str:
        """Sentence and remedy in the language that `gettext` speaks."""
        return f"{gettext(self.sentence)} {gettext(self.remedy)}" % self.figures


class NotWritten(NotDone):
    """No backup was written."""


class Unsound(NotDone):
    """The archive is no backup, or not the whole of one."""


class NotRestored(NotDone):
    """The backup is sound, but it cannot be restored here."""
