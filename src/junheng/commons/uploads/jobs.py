"""What the worker does with files: look at each that is whole, and clear away what is left over."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.utils.translation import gettext_lazy as _

from junheng.commons.jobs import Progress, job
from junheng.commons.uploads import checking, resealing
from junheng.commons.uploads.scanning import ScannerAway

log = structlog.get_logger(__name__)


@job("commons.check_upload", title=_("Check a photo that was sent in"))
def check(_progress: Progress, *, upload: str) -> None:
    """Look at a file that is whole; done twice it is done once."""
    try:
        checking.check_upload(UUID(upload))
    except ScannerAway as away:
        log.warning("the scanner does not answer, so a photo waits", upload=upload, said=str(away))


def look_after() -> None:
    """Clear away leftovers, and have looked at once more what an attempt could not settle.

    Photos that an earlier version left unsealed are sealed by the way, a few at a time.
    """
    resealing.seal_plain(checking.AT_ONCE)
    for forgotten in checking.tidy():
        check.later(by=None, upload=str(forgotten))
