"""Address ranges: which house numbers of a street, or buildings of an estate, belong to a zone.

What a file says of a zone is all that holds for it from then on; zones that it does not mention
keep what they have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Place
from junheng.registry.engine.addresses import LARGEST, plain
from junheng.registry.engine.where import NumberRange
from junheng.registry.models import AddressRange, Counted, Parity, Zone
from junheng.registry.models.addresses import STREET_LENGTH
from junheng.registry.services.importing.rows import (
    Batch,
    ChangedSince,
    Done,
    Outcome,
    Values,
)
from junheng.registry.services.importing.zones import valid_from

Key = tuple[int, str, str, str, int, int]
"""Place, street, counted, side, first, last: what a range says besides its zone."""


def _street(text: str) -> Wrong | None:
    if 0 < len(plain(text)) <= STREET_LENGTH:
        return None
    return Wrong(_("“%(value)s” is no name of a street or estate."), "", {"value": text})


def _number(value: int) -> Wrong | None:
    if 1 <= value <= LARGEST:
        return None
    return Wrong(_("%(n)s is no house number."), _("Write 1 to 99999."), {"n": value})


COLUMNS = (
    Column(
        "zone_code",
        gettext_lazy("Zone code"),
        required=True,
        kind="identifier",
        note=gettext_lazy("The file replaces all ranges of the zones that it names."),
        example="990100001001",
    ),
    Column(
        "place_code",
        gettext_lazy("Code of the township"),
        kind="identifier",
        note=gettext_lazy("Only where several townships have a street of this name."),
        example="990100001",
    ),
    Column("street", gettext_lazy("Street or estate"), required=True, check=_street),
    Column(
        "counted",
        pgettext_lazy("house numbers", "Counted"),
        kind="choice",
        choices=Choices(dict(Counted.choices)),
        note=gettext_lazy("Blank: house numbers."),
    ),
    Column(
        "parity",
        pgettext_lazy("house numbers", "Side"),
        kind="choice",
        choices=Choices(dict(Parity.choices)),
        note=gettext_lazy("Blank: both sides."),
    ),
    Column(
        "first",
        gettext_lazy("First number"),
        kind="integer",
        check=_number,
        note=gettext_lazy("First and last blank: the whole street."),
        example="1",
    ),
    Column("last", gettext_lazy("Last number"), kind="integer", check=_number, example="99"),
    Column(
        "valid_from",
        gettext_lazy("Valid from"),
        kind="date",
        note=gettext_lazy("Blank: the day of the import."),
        example="2026-09-01",
    ),
)


def range_of(values: Values) -> NumberRange:
    """What a row says, in the engine's words."""
    return NumberRange(
        zone=values["zone_code"],
        street=plain(values["street"]),
        first=values["first"] or 1,
        last=values["last"] or LARGEST,
        parity=values["parity"] or Parity.ALL.value,
        counted=values["counted"] or Counted.DOOR.value,
    )


class _Known:
    """What the register knows of the zones, places and streets of a batch."""

    def __init__(self, batch: Batch) -> None:
        self.mentioned = batch.said("zone_code")
        zones = Zone.objects.filter(valid_to=None, code__in=self.mentioned)
        inside = zones.filter(places__path__startswith=batch.path)
        self.levels: dict[str, str] = dict(inside.values_list("code", "level"))
        codes = {batch.path.rstrip("/").rsplit("/", 1)[-1], *batch.said("place_code")}
        places = Place.objects.filter(code__in=codes, path__startswith=batch.path).defer("outline")
        self.places: dict[str, Place] = {place.code: place for place in places}
        self.county = next(place for place in self.places.values() if place.path == batch.path)
        open_now = AddressRange.objects.filter(valid_to=None, place__path__startswith=batch.path)
        self.own = list(open_now.filter(zone_code__in=self.mentioned))
        streets = {plain(text) for text in batch.said("street")}
        others = open_now.exclude(zone_code__in=self.mentioned)
        self.others = list(others.filter(street__in=streets))

    def place(self, values: Values) -> Place | None:
        code = values["place_code"]
        return self.places.get(code) if code else self.county


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known = _Known(batch)
    faults = [f for row, values in batch for f in _row_faults(batch, row, values, known)]
    return faults or [*_clashes(batch, known), *_too_early(batch, known)]


def _row_faults(batch: Batch, row: int, values: Values, known: _Known) -> Iterable[Fault]:
    if values["zone_code"] not in known.levels:
        yield batch.fault(
            row,
            "zone_code",
            _("There is no zone %(code)s in your area."),
            _("Correct the code, or import the zone first."),
            code=values["zone_code"],
        )
    if known.place(values) is None:
        yield batch.fault(
            row,
            "place_code",
            _("There is no place %(codes)s in your area."),
            codes=values["place_code"],
        )
    told = range_of(values)
    if told.first > told.last:
        yield batch.fault(row, "last", _("The last number is smaller than the first."))


def _clashes(batch: Batch, known: _Known) -> Iterable[Fault]:
    """Numbers that two rows claim, or a row and a zone that the file does not mention."""
    streets: dict[tuple[Any, ...], list[tuple[int, NumberRange]]] = defaultdict(list)
    for row, values in batch:
        place = known.place(values)
        assert place is not None  # noqa: S101 -- judged before
        told = range_of(values)
        streets[place.pk, known.levels[told.zone], told.street].append((row, told))
    for (place_id, level, street), rows in streets.items():
        for (earlier, one), (row, other) in combinations(rows, 2):
            if one.meets(other):
                yield _claimed(batch, row, _("Row %(earlier)s has some of these numbers already."))(
                    earlier=earlier
                )
        taken = [
            r for r in known.others if (r.place_id, r.level, r.street) == (place_id, level, street)
        ]
        for row, told in rows:
            for holder in taken:
                if told.meets(as_range(holder)):
                    yield _claimed(
                        batch,
                        row,
                        _("The zone %(zone)s, which is not in the file, has some of these."),
                    )(zone=holder.zone_code)


def _claimed(batch: Batch, row: int, message: str) -> Any:
    def said(**figures: object) -> Fault:
        fix = _("A house number belongs to one zone of a level.")
        return batch.fault(row, "street", message, fix, **figures)

    return said


def as_range(row: AddressRange) -> NumberRange:
    """A stored range in the engine's words."""
    return NumberRange(row.zone_code, row.street, row.first, row.last, row.parity, row.counted)


def _too_early(batch: Batch, known: _Known) -> Iterable[Fault]:
    begun: dict[str, date] = {}
    for own in known.own:
        if own.valid_from is not None:
            begun[own.zone_code] = max(own.valid_from, begun.get(own.zone_code, own.valid_from))
    wanted = _wanted(batch, known)
    same = {code for code, rows in wanted.items() if set(rows) == _has(known, code)}
    for row, values in batch:
        code = values["zone_code"]
        if code in begun and code not in same and valid_from(batch, values) <= begun[code]:
            yield batch.fault(
                row,
                "valid_from",
                _("The ranges as they are hold from %(since)s; a change begins later."),
                since=begun[code].isoformat(),
            )


def _wanted(batch: Batch, known: _Known) -> dict[str, dict[Key, date]]:
    """What the file wants of each zone, with the day on which it begins."""
    wanted: dict[str, dict[Key, date]] = defaultdict(dict)
    for _row, values in batch:
        place, told = known.place(values), range_of(values)
        assert place is not None  # noqa: S101 -- judged before
        key = (place.pk, told.street, told.counted, told.parity, told.first, told.last)
        wanted[told.zone][key] = valid_from(batch, values)
    return wanted


def _key(row: AddressRange) -> Key:
    return row.place_id, row.street, row.counted, row.parity, row.first, row.last


def _has(known: _Known, code: str) -> set[Key]:
    return {_key(row) for row in known.own if row.zone_code == code}


def apply(batch: Batch) -> Outcome:
    """Take the rows over: end what is no longer said, begin what is new."""
    known = _Known(batch)
    done: list[Done] = []
    added = changed = same = 0
    wanted = _wanted(batch, known)
    with transaction.atomic():
        ended = [_end(known, code, rows) for code, rows in wanted.items()]
        for (code, rows), gone in zip(wanted.items(), ended, strict=True):
            has = _has(known, code)
            made = AddressRange.objects.bulk_create(
                _made(code, known.levels[code], key, since)
                for key, since in rows.items()
                if key not in has
            )
            done.append({"zone": code, "made": [row.pk for row in made], "ended": gone})
            added += len(made)
            changed += len(gone)
            same += len(rows) - len(made)
    return Outcome(added, changed, same, tuple(done))


def _end(known: _Known, code: str, rows: dict[Key, date]) -> list[int]:
    since = min(rows.values())
    gone = [row.pk for row in known.own if row.zone_code == code and _key(row) not in rows]
    AddressRange.objects.filter(pk__in=gone).update(valid_to=since)
    return gone


def _made(code: str, level: str, key: Key, since: date) -> AddressRange:
    place, street, counted, parity, first, last = key
    return AddressRange(
        zone_code=code,
        level=level,
        place_id=place,
        street=street,
        counted=counted,
        parity=parity,
        first=first,
        last=last,
        valid_from=since,
    )


def undo(done: Iterable[Done]) -> None:
    """Remove what was begun and let what was ended go on.

    Raises:
        ChangedSince: If some of it has been changed since; then nothing is undone.
    """
    try:
        with transaction.atomic():
            for entry in done:
                made = AddressRange.objects.filter(pk__in=entry["made"], valid_to=None)
                if made.count() != len(entry["made"]):
                    raise _changed(entry["zone"])
                made.delete()
                AddressRange.objects.filter(pk__in=entry["ended"]).update(valid_to=None)
    except IntegrityError:
        raise _changed("") from None


def _changed(zone: str) -> ChangedSince:
    return ChangedSince(
        gettext("Address ranges of the zone %(code)s were changed since; take that back first.")
        % {"code": zone}
    )
