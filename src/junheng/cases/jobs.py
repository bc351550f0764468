"""What goes on by itself, by the clock."""

from __future__ import annotations

from junheng.cases.services import sweeping
from junheng.commons.regular import regular


@regular("cases.sweep", cron="*/10 * * * *")
def sweep() -> None:
    """End pauses, remind, escalate."""
    sweeping.sweep()
