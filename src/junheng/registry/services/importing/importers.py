"""The imports as the import pages know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy

from junheng.commons.imports import Importer, Target, files
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Column, Table, Values
from junheng.kernel.faults import Fault
from junheng.places.facade import Organisation, Place
from junheng.registry.access import may_call, may_keep
from junheng.registry.models import ImportOutcome
from junheng.registry.services import new_records
from junheng.registry.services.importing import (
    addresses,
    areas,
    attendance,
    children,
    classes,
    entrants,
    pupil_columns,
    pupils,
    resources,
    school_columns,
    school_titles,
    schools,
    staff,
    staff_titles,
    zones,
)
from junheng.registry.services.importing.rows import Batch, Done, Outcome, batch_of

PLACE, SCHOOL = "place", "school"
"""The query arguments that name whose register is meant, by code: a county, or one school."""


class RegistryImporter(Importer):
    """A table of one county's register.

    Attributes:
        judge, write, take_back: What the kind of rows does; see the modules beside this one.
    """

    target_keys: ClassVar[tuple[str, ...]] = (PLACE,)
    judge: ClassVar[Callable[[Batch], list[Fault]]]
    write: ClassVar[Callable[[Batch], Outcome]]
    take_back: ClassVar[Callable[[Iterable[Done]], None]]

    def may(self, user: Any, target: Target) -> bool:
        place = self._place(target)
        return place is not None and may_keep(user, place.path)

    def path(self, target: Target) -> str:
        place = self._place(target)
        return place.path if place else ""

    def where(self, target: Target) -> str:
        place = self._place(target)
        return place.name if place else ""

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        return type(self).judge(self._batch(values, rows, target))

    def apply(self, values: Values, batch: ImportBatch) -> None:
        self._keep(type(self).write(self._sound(values, self.path(batch.target))), batch)

    @staticmethod
    def _keep(outcome: Outcome, batch: ImportBatch) -> None:
        ImportOutcome.objects.create(
            batch=batch,
            added=outcome.added,
            changed=outcome.changed,
            same=outcome.same,
            done=list(outcome.done),
        )

    def undo(self, batch: ImportBatch) -> None:
        type(self).take_back(ImportOutcome.objects.get(batch=batch).done)

    def _batch(self, values: Values, rows: Table, target: Target) -> Batch:
        columns = tuple(self.columns)
        return batch_of(columns, rows, values, self.path(target), timezone.localdate())

    def _sound(self, values: Values, path: str) -> Batch:
        """Rows without a fault, and without their table: nothing will be said about them."""
        headers = {column.name: str(column.title) for column in self.columns}
        rows = tuple(enumerate(values, start=2))
        return Batch("", rows, headers, path, timezone.localdate())

    @staticmethod
    def _place(target: Target) -> Place | None:
        found: Place | None = Place.objects.filter(code=target.get(PLACE, "")).first()
        return found


class SchoolImporter(RegistryImporter):
    kind = "registry.schools"
    title = gettext_lazy("Schools")
    columns = school_columns.COLUMNS
    judge, write, take_back = schools.judge, schools.apply, schools.undo


class ClassImporter(RegistryImporter):
    kind = "registry.classes"
    title = gettext_lazy("Classes and sizes")
    columns = classes.COLUMNS
    judge, write, take_back = classes.judge, classes.apply, classes.undo


class ZoneImporter(RegistryImporter):
    kind = "registry.zones"
    title = gettext_lazy("Zones")
    columns = zones.COLUMNS
    judge, write, take_back = zones.judge, zones.apply, zones.undo


class AddressImporter(RegistryImporter):
    kind = "registry.addresses"
    title = gettext_lazy("Address ranges")
    columns = addresses.COLUMNS
    judge, write, take_back = addresses.judge, addresses.apply, addresses.undo


class AreaImporter(RegistryImporter):
    """Areas come as features, whose shapes are read beside the rows."""

    kind = "registry.areas"
    title = gettext_lazy("Zone areas")
    columns = areas.COLUMNS
    accept = ".geojson,.json"
    has_template = False
    take_back = areas.undo

    def read(self, data: bytes, name: str) -> Table:
        return areas.read(data, name)

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        assert isinstance(rows, areas.Shapes)  # noqa: S101 -- it read them itself
        return areas.judge(self._batch(values, rows, target), rows.shapes)

    def apply(self, values: Values, batch: ImportBatch) -> None:
        rows = areas.read(files().get(batch.sha256), batch.file_name)
        sound = self._sound(values, self.path(batch.target))
        self._keep(areas.apply(sound, rows.shapes), batch)


class EntrantsImporter(RegistryImporter):
    kind = "registry.entrants"
    title = gettext_lazy("Entrants by school and year")
    columns = entrants.COLUMNS
    judge, write, take_back = entrants.judge, entrants.apply, entrants.undo


class StaffImporter(RegistryImporter):
    kind = "registry.staff"
    title = gettext_lazy("Staff and posts")
    columns = staff.COLUMNS
    judge, write, take_back = staff.judge, staff.apply, staff.undo


class HonourImporter(RegistryImporter):
    kind = "registry.honours"
    title = gettext_lazy("Titles of staff")
    columns = staff_titles.HONOUR_COLUMNS
    judge, write = staff_titles.judge, staff_titles.apply_honours
    take_back = staff_titles.undo_honours


class TrainingImporter(RegistryImporter):
    kind = "registry.training"
    title = gettext_lazy("Training of staff")
    columns = staff_titles.TRAINING_COLUMNS
    judge, write = staff_titles.judge, staff_titles.apply_training
    take_back = staff_titles.undo_training


class ResourcesImporter(RegistryImporter):
    kind = "registry.resources"
    title = gettext_lazy("Resources of schools")
    columns = resources.COLUMNS
    judge, write, take_back = resources.judge, resources.apply, resources.undo


class SchoolTitleImporter(RegistryImporter):
    kind = "registry.school_titles"
    title = gettext_lazy("Titles of schools")
    columns = school_titles.COLUMNS
    judge, write, take_back = school_titles.judge, school_titles.apply, school_titles.undo


class PupilImporter(RegistryImporter):
    """The national register's workbooks, in the version that a file is of."""

    kind = "registry.pupils"
    title = gettext_lazy("Register of pupils")

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]  # of the mapping's newest
        return pupil_columns.newest()

    def columns_for(self, rows: Table) -> Sequence[Column]:
        return pupil_columns.columns_for(tuple(rows.columns))

    def unread(self, rows: Table) -> list[str]:
        known = pupil_columns.known_headers(tuple(rows.columns))
        return [header for header in super().unread(rows) if header not in known]

    def wait(self) -> None:
        new_records.wait_for_others()

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        columns = tuple(self.columns_for(rows))
        today = timezone.localdate()
        return pupils.judge(batch_of(columns, rows, values, self.path(target), today))

    def apply(self, values: Values, batch: ImportBatch) -> None:
        sound = self._sound(values, self.path(batch.target))
        self._keep(pupils.apply(sound, number=batch.pk, by=batch.by), batch)

    def undo(self, batch: ImportBatch) -> None:
        pupils.undo(batch.pk, ImportOutcome.objects.get(batch=batch).done[0])


class ChildrenImporter(RegistryImporter):
    kind = "registry.children"
    title = gettext_lazy("Children of school age")
    columns = children.COLUMNS
    judge, write, take_back = children.judge, children.apply, children.undo


class AttendanceImporter(RegistryImporter):
    """Days of classes: of a school by those who call the roll there, of a county by its keeper."""

    kind = "registry.attendance"
    title = gettext_lazy("Attendance")
    columns = attendance.COLUMNS
    target_keys = (PLACE, SCHOOL)
    judge, take_back = attendance.judge, attendance.undo

    def may(self, user: Any, target: Target) -> bool:
        school = self._school(target)
        return may_call(user, school.path) if school else super().may(user, target)

    def path(self, target: Target) -> str:
        school = self._school(target)
        return school.path if school else super().path(target)

    def where(self, target: Target) -> str:
        school = self._school(target)
        return school.name if school else super().where(target)

    def apply(self, values: Values, batch: ImportBatch) -> None:
        sound = self._sound(values, self.path(batch.target))
        self._keep(attendance.apply(sound, by=batch.by_id), batch)

    @staticmethod
    def _school(target: Target) -> Organisation | None:
        code = target.get(SCHOOL, "")
        found: Organisation | None = Organisation.objects.filter(code=code).first()
        return found


IMPORTERS = (
    AttendanceImporter,
    *(SchoolImporter, ClassImporter, ZoneImporter),
    *(AddressImporter, AreaImporter, EntrantsImporter, PupilImporter),
    *(StaffImporter, HonourImporter, TrainingImporter),
    *(ResourcesImporter, ChildrenImporter, SchoolTitleImporter),
)
