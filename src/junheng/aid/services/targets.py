"""What a village is to reach in a year: set once a year, changed only with its document."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.aid.models import VillageTarget
from junheng.commons.history import reason
from junheng.places.facade import Place


def set_target(
    village: Place, *, year: int, people: int, population: int, document: str, by: User
) -> VillageTarget:
    """Set or change a village's target; the history keeps what it was."""
    with transaction.atomic(), reason(document):
        row, _made = VillageTarget.objects.update_or_create(
            village=village,
            year=year,
            defaults={
                "people": people,
                "population": population,
                "document": document,
                "set_by": by,
                "set_at": timezone.now(),
            },
        )
    return row
