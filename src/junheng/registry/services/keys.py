"""By which sealed numbers of the register are found; the same person, the same key everywhere."""

from __future__ import annotations

from itertools import islice

from junheng.commons import resealing
from junheng.registry.models import AttendanceMark, Guardian, Pupil, PupilSearchKey
from junheng.registry.models.number_keys import (
    from_row,
    household_key,
    national_number_key,
    resident_id_key,
)
from junheng.registry.models.search import keep_search_keys

__all__ = ["household_key", "national_number_key", "register", "resident_id_key"]
SEVERAL = 2_000


def register() -> None:
    """Tell how each key is made again from its row, when the key of indexes changes."""
    for model, column, field, make in (
        (Pupil, "resident_id_key", "resident_id", resident_id_key),
        (Pupil, "national_number_key", "national_number", national_number_key),
        (Pupil, "household_key", "household_number", household_key),
        (Guardian, "resident_id_key", "resident_id", resident_id_key),
        (AttendanceMark, "resident_id_key", "resident_id", resident_id_key),
    ):
        resealing.register_index(resealing.Index(model, column, from_row(field, make)))
    resealing.register_index_elsewhere(
        resealing.IndexElsewhere("registry.search", make_search_keys_again)
    )


def make_search_keys_again() -> int:
    """Make every search key from its pupil's name with the key that holds; how many those are."""
    PupilSearchKey.objects.all().delete()
    done = 0
    rows = Pupil.objects.order_by("pk").only("pk", "organisation_id", "name")
    there = rows.iterator(chunk_size=SEVERAL)
    while several := list(islice(there, SEVERAL)):
        done += keep_search_keys(several)
    return done
