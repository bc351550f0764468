"""Every night: what is due to be deleted."""

from __future__ import annotations

from procrastinate.contrib.django import app

from junheng.commons.retention import erase_due


@app.periodic(cron="20 3 * * *")
@app.task(name="junheng.erase_due", queue="default", lock="junheng.erase_due")
def erase_due_at_night(timestamp: int) -> None:
    """Delete what is due; twice does no harm."""
    erase_due()
