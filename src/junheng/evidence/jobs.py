"""What is done by the clock: picking up deliveries, asking again, forgetting old figures."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from junheng.commons.regular import regular
from junheng.evidence.models import ServiceHour
from junheng.evidence.services.breaker import try_again
from junheng.evidence.services.picking_up import pick_up

KEPT = timedelta(days=400)


@regular("evidence.pick_up", cron="*/10 * * * *")
def pick_up_deliveries() -> None:
    """Tables that departments put into their folders."""
    pick_up()


@regular("evidence.try_again", cron="* * * * *")
def try_services_again() -> None:
    """Let those who wait ask a service again whose pause is over."""
    try_again()


@regular("evidence.forget_hours", cron="17 20 * * *")
def forget_old_hours() -> None:
    """How often a service was asked is of no use after a year."""
    ServiceHour.objects.filter(hour__lt=timezone.now() - KEPT).delete()
