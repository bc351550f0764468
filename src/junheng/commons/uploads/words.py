"""Why a file was not accepted, and what to do about it, in a parent's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.commons.models import Upload

Reason, State = Upload.Reason, Upload.State
ADVICE = {
    Reason.NOT_A_PICTURE: _("This is not a photo. Photograph the paper and send the photo."),
    Reason.PDF: _("PDF files are not taken in. Photograph each page, or take a screenshot of it."),
    Reason.DAMAGED: _("The photo is damaged and cannot be opened. Take it again and send it."),
    Reason.TOO_MANY_PIXELS: _(
        "The photo is too large. Take it again with the camera's ordinary setting."
    ),
    Reason.TOO_SMALL: _("The photo is so small that it cannot be read. Send the original photo."),
    Reason.HARMFUL: _("There is harmful software in this file, so it was thrown away."),
    Reason.SAME: _("This photo was sent before; once is enough."),
}
TONES = {
    State.WAITING: "warning",
    State.CHECKING: "info",
    State.READY: "success",
    State.REFUSED: "danger",
    State.REMOVED: "plain",
}
