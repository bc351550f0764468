"""What a job of this room tells on its progress bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from junheng.admissions.services.reading import Told
from junheng.commons.jobs import Progress

STAGES = {
    "reading": gettext_lazy("Reading the files"),
    "checking": gettext_lazy("Checking every row"),
    "loading": gettext_lazy("Loading"),
    "tickets": gettext_lazy("Drawing the tickets"),
    "assignment": gettext_lazy("Assigning by list"),
    "diversion": gettext_lazy("Looking for seats nearby for those without one"),
    "explanations": gettext_lazy("Writing the reasons for every child"),
    "verifying": gettext_lazy("The result is checked independently"),
    "storing": gettext_lazy("Storing the result"),
    "pack": gettext_lazy("Packing what everybody may know"),
    "done": gettext_lazy("Done"),
}


def told_to(progress: Progress) -> Told:
    """What services tell, as percent and words on the progress bar."""

    def told(stage: str, share: float) -> None:
        progress.step(int(share * 100), 100, str(STAGES.get(stage, "")))

    return told
