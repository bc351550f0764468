"""The peer of `register_import`: django-import-export with our columns, checks and tables.

A resource as its documentation shows; imported once Django is set up.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from import_export import resources

from junheng.accounts.models import User
from junheng.kernel.codes import table
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.kernel.school_year import SchoolYear
from junheng.places.models import Organisation
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import Guardian, Pupil, PupilTag, School, SchoolClass, Standing
from junheng.registry.services.importing.pupil_columns import (
    NAME,
    PHONE,
    class_number_of,
    newest,
)
from junheng.registry.services.keys import household_key, national_number_key, resident_id_key
from junheng.registry.services.pupils import pupil_number

NUMBER = "身份证件号"


class Checks:
    """The checks of our importer, row by row."""

    def __init__(self) -> None:
        self.columns = {str(column.title): column for column in newest()}
        self.grades = {
            (code, grade)
            for code, low, high in School.objects.values_list(
                "organisation__code", "lowest_grade", "highest_grade"
            )
            for grade in range(low, high + 1)
        }
        self.sizes: Counter[Any] = Counter()
        self.seen: set[str] = set()

    def row(self, row: Any) -> None:
        """Refuse a row with a fault."""
        for title in self.columns:
            self._cell(title, row.get(title))
        self._names_and_phones(row)
        self._numbers(row)
        self._class(row)

    def grade(self, row: Any) -> int:
        """The grade that a row names."""
        return int(self.columns["年级"].choices[row["年级"]])

    def _cell(self, title: str, value: Any) -> None:
        column = self.columns[title]
        if value in (None, ""):
            if column.required:
                raise ValidationError(f"{title}: blank")
            return
        if column.kind == "identifier" and not isinstance(value, str):
            raise ValidationError(f"{title}: a number")
        if column.kind == "choice" and str(value) not in column.choices:
            raise ValidationError(f"{title}: unknown")

    def _names_and_phones(self, row: Any) -> None:
        for title in ("姓名", "成员1姓名", "成员2姓名"):
            if row.get(title) and not NAME.fullmatch(row[title]):
                raise ValidationError(f"{title}: no name")
        for title in ("成员1联系电话", "成员2联系电话"):
            if row.get(title) and not PHONE.fullmatch(row[title]):
                raise ValidationError(title)

    def _numbers(self, row: Any) -> None:
        for title in (NUMBER, "成员1身份证件号", "成员2身份证件号"):
            if not row.get(title):
                continue
            try:
                found = ResidentId.parse(row[title])
            except NotResidentId as no:
                raise ValidationError(f"{title}: {no}") from no
            if title == NUMBER and f"{found.birth_date:%Y%m%d}" != row["出生日期"]:
                raise ValidationError("born on")
        if row[NUMBER] in self.seen:
            raise ValidationError("twice")
        self.seen.add(row[NUMBER])
        key = resident_id_key(row[NUMBER])
        if key and Pupil.objects.filter(resident_id_key=key).exists():
            raise ValidationError("known")

    def _class(self, row: Any) -> None:
        school, grade = row["学校标识码"], self.grade(row)
        if (school, grade) not in self.grades:
            raise ValidationError("grade")
        key = (school, grade, class_number_of(row["班级"]))
        self.sizes[key] += 1
        if self.sizes[key] > CLASS_CAP:
            raise ValidationError("large")


class PupilResource(resources.ModelResource):  # type: ignore[misc]  # it has no types
    """Pupils with class, standing, guardians and tag."""

    class Meta:
        model = Pupil
        fields = ("number",)
        import_id_fields: tuple[str, ...] = ()
        force_init_instance = True
        use_transactions = True
        skip_diff = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.checks = Checks()
        self.schools = {each.code: each for each in Organisation.objects.all()}
        self.by = User.objects.get(username="admissions")
        self.year = SchoolYear.of(timezone.localdate())

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        self.checks.row(row)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        number, national, born = row[NUMBER], row["全国学籍号"], row["出生日期"]
        instance.number = pupil_number(self.year.start)
        instance.organisation = self.schools[row["学校标识码"]]
        instance.name, instance.sex = row["姓名"], table("sex").read(row["性别"])
        instance.ethnicity = table("ethnicity").read(row["民族"])
        instance.born_on = date(int(born[:4]), int(born[4:6]), int(born[6:]))
        instance.entered_on = date(int(row["入学年月"][:4]), 9, 1)
        instance.resident_id, instance.resident_id_key = number, resident_id_key(number)
        instance.national_number = national
        instance.national_number_key = national_number_key(national)
        instance.household_number = row["户号"]
        instance.household_key = household_key(row["户号"])
        instance.entered_by = self.by

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        self._stands(instance, row)
        for n in (1, 2):
            if row[f"成员{n}姓名"]:
                self._guardian(instance, row, n)
        if row["就读方式"] == "住校":
            PupilTag.objects.create(
                pupil=instance, tag="boarder", valid_from=self.year.starts_on, source="Import"
            )

    def _stands(self, instance: Any, row: Any) -> None:
        grade = self.checks.grade(row)
        its_class, _made = SchoolClass.objects.get_or_create(
            organisation=instance.organisation,
            school_year=self.year.start,
            grade=grade,
            number=class_number_of(row["班级"]),
            defaults={"size": 0, "counted_on": self.year.starts_on},
        )
        Standing.objects.create(
            pupil=instance,
            organisation=instance.organisation,
            school_year=self.year.start,
            grade=grade,
            school_class=its_class,
            state="studying",
            valid_from=max(instance.entered_on, self.year.starts_on),
            movement="entered",
            entered_by=self.by,
        )

    def _guardian(self, instance: Any, row: Any, n: int) -> None:
        number = row[f"成员{n}身份证件号"]
        Guardian.objects.create(
            pupil=instance,
            name=row[f"成员{n}姓名"],
            relation=table("relation").read(row[f"成员{n}关系"]) or "",
            phone=row[f"成员{n}联系电话"],
            resident_id=number,
            resident_id_key=resident_id_key(number),
            valid_from=self.year.starts_on,
        )
