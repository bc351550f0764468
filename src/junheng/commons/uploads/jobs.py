"""What the worker does with files: look at each that is whole, and clear away what is left over."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from junheng.commons.jobs import Progress, job
from junheng.commons.uploads import checking
from junheng.commons.uploads.scanning import ScannerAway


@job("commons.check_upload", title=_("Check a photo that was sent in"))
def check(_progress: Progress, *, upload: str) -> None:
    """Look at a file that is whole; done twice it is done once."""
    checking.check_upload(UUID(upload))
    look_after_others(UUID(upload))


def look_after_others(done: UUID) -> None:
    """Clear away leftovers, and look again at what an earlier attempt could not settle."""
    for forgotten in checking.tidy():
        if forgotten != done:
            try:
                checking.check_upload(forgotten)
            except ScannerAway:
                return
