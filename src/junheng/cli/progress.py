"""A progress bar where somebody watches, nothing where nobody does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _

Progress = Callable[[str, float], None]

_WIDTH = 30
STAGES = {
    "reading": _("Reading"),
    "checking": _("Checking"),
    "tickets": _("Drawing tickets"),
    "assignment": _("Seating by list"),
    "diversion": _("Diverting"),
    "explanations": _("Explaining"),
    "pack": _("Making the pack"),
    "writing": _("Writing"),
    "verifying": _("Verifying"),
}


@contextmanager
def progress_bar(gettext: Gettext, stream: TextIO | None = None) -> Iterator[Progress]:
    """Give a function that shows stage and share on a terminal and is silent elsewhere."""
    out = stream or sys.stderr
    if not out.isatty():
        yield lambda _stage, _share: None
        return

    def show(stage: str, share: float) -> None:
        full = round(_WIDTH * min(1.0, share))
        bar = "█" * full + "░" * (_WIDTH - full)
        out.write(f"\r\x1b[K{bar} {share:4.0%} {gettext(STAGES.get(stage, stage))}")
        out.flush()

    try:
        yield show
    finally:
        out.write("\r\x1b[K")
        out.flush()


def part(progress: Progress, begin: float, end: float) -> Progress:
    """A stage's own progress as a stretch of the whole."""

    def show(stage: str, share: float) -> None:
        if stage != "done":
            progress(stage, begin + (end - begin) * share)

    return show
