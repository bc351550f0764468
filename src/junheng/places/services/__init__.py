"""What changes the tree: loading a file of divisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from junheng.commons.dated import current_on
from junheng.commons.history import reason
from junheng.places.files import LEVELS, Division, read_divisions
from junheng.places.models import Organisation, Place, path_of
from junheng.places.services.following import follow


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file of divisions did, in codes.

    Attributes:
        added: Places that were not known.
        changed: Places whose name or parent changed, or that had ended and are there again.
        ended: Places of the file's own part of the tree that the file no longer names.
        unchanged: How many places the file only confirmed.
        stranded: Organisations that still stand at a place that ended now: move them.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    ended: tuple[str, ...]
    unchanged: int
    stranded: tuple[str, ...]


def load_divisions(file: Path, *, on: date | None = None, within: str | None = None) -> Loaded:
    """Bring the tree up to a file of divisions; loading it twice changes nothing more.

    A file speaks for everything below the place at which it branches: a place there that it does
    not name, of a level that it does name, has ended. It says nothing about any other place.

    Args:
        file: CSV or workbook with the columns code, name, level, parent_code.
        on: From which day the differences hold; today in China where none is given. Places
            that come with a part of the tree that was unknown so far have no known beginning.
        within: Code of the place below which the file is complete, where that is not the
            place at which it branches.

    Raises:
        Refused: With every fault of the file; then nothing was written.
        Place.DoesNotExist: If nothing bears the code `within`.
    """
    divisions = read_divisions(file.read_bytes(), file.name, _known_levels)
    day = on or timezone.localdate()
    with transaction.atomic():
        _alone()
        load = _Load(divisions, day)
        for level in LEVELS:
            load.take([row for row in divisions if row.level == level])
        if load.moved:
            follow()
        ended, stranded = load.end_missing(within)
    return Loaded(tuple(load.added), tuple(load.changed), ended, load.unchanged, stranded)


def open_organisation(*, code: str, name: str, kind: str, place: Place) -> Organisation:
    """Add an organisation; who may do so is the caller's to know."""
    return Organisation.objects.create(code=code, name=name, kind=kind, place=place)


def change_organisation(
    organisation: Organisation, *, name: str, valid_to: date | None, why: str
) -> None:
    """Rename an organisation or end it; its posts give nothing once it has ended."""
    with reason(why):
        organisation.name, organisation.valid_to = name, valid_to
        organisation.save(update_fields=["name", "valid_to"])


def _alone() -> None:
    """Two loads at once would each end what the other one adds."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE places_place IN SHARE ROW EXCLUSIVE MODE")


def _known_levels(codes: Collection[str]) -> Mapping[str, str]:
    return dict(Place.objects.filter(code__in=codes).values_list("code", "level"))


@dataclass
class _Load:
    """One load under way."""

    divisions: list[Division]
    day: date
    known: dict[str, Place] = field(init=False)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    moved: bool = False

    def __post_init__(self) -> None:
        mentioned = {code for row in self.divisions for code in (row.code, row.parent)}
        self.known = {place.code: place for place in Place.objects.filter(code__in=mentioned)}
        self.before = frozenset(self.known)

    def take(self, rows: list[Division]) -> None:
        """All rows of one level; those above are done."""
        fresh = [self._new(row) for row in rows if row.code not in self.before]
        Place.objects.bulk_create(fresh)
        self.known |= {place.code: place for place in fresh}
        self.added += [place.code for place in fresh]
        differing = [
            place for row in rows if row.code in self.before and (place := self._differing(row))
        ]
        Place.objects.bulk_update(differing, ["name", "parent", "path", "valid_to"], batch_size=500)
        self.changed += [place.code for place in differing]
        self.unchanged += len(rows) - len(fresh) - len(differing)

    def _new(self, row: Division) -> Place:
        parent = self.known.get(row.parent)
        return Place(
            code=row.code,
            name=row.name,
            level=row.level,
            parent=parent,
            path=path_of(parent.path if parent else "/", row.code),
            valid_from=self.day if row.parent in self.before else None,
        )

    def _differing(self, row: Division) -> Place | None:
        """The known place as the file says it is, or None where it is so already."""
        place = self.known[row.code]
        parent = self.known.get(row.parent)
        stays = parent is None or parent.pk == place.parent_id
        if stays and (place.name, place.valid_to) == (row.name, None):
            return None
        place.name, place.valid_to = row.name, None
        if parent is not None and not stays:
            place.parent = parent
            self._move(place.path, path_of(parent.path, row.code))
        return place

    def _move(self, old: str, new: str) -> None:
        """All of the tree below goes along; what other rooms keep follows at the end."""
        for model in (Place, Organisation):
            model.objects.filter(path__startswith=old).update(
                path=Concat(Value(new), Substr(F("path"), len(old) + 1))
            )
        for place in self.known.values():
            if place.path.startswith(old):
                place.path = new + place.path.removeprefix(old)
        self.moved = True

    def end_missing(self, within: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """End what the file should name and does not, with all that lies in it."""
        roots = [Place.objects.get(code=within)] if within else self._branches()
        named = {row.code for row in self.divisions}
        levels = {row.level for row in self.divisions}
        gone: dict[int, str] = {}
        for root in roots:
            below = Place.objects.filter(current_on(self.day), path__startswith=root.path)
            for place in below.exclude(pk=root.pk).order_by("path"):
                missed = place.level in levels or place.parent_id in gone
                if missed and place.code not in named:
                    gone[place.pk] = place.code
        Place.objects.filter(pk__in=gone).update(valid_to=self.day)
        stranded = Organisation.objects.filter(current_on(self.day), place__in=gone)
        return tuple(gone.values()), tuple(stranded.values_list("code", flat=True))

    def _branches(self) -> list[Place]:
        """Where the file branches, going down from its highest row; each of several such rows."""
        children: dict[str, list[str]] = {}
        for row in self.divisions:
            children.setdefault(row.parent, []).append(row.code)
        codes = {row.code for row in self.divisions}
        tops = [row.code for row in self.divisions if row.parent not in codes]
        while len(tops) == 1 and len(children.get(tops[0], [])) == 1:
            tops = children[tops[0]]
        return [self.known[code] for code in tops]
