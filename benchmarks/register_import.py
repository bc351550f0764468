"""A district's pupils from one workbook, beside django-import-export on the same rows.

    python -m benchmarks.register_import [--pupils 100000] [--peer 1000] [--var FOLDER]

An embedded database of its own, under the application's role. Ours is what the page does: the
file is looked through, then taken over with classes, standings, guardians, tags and search keys,
then taken back. The peer gets a resource with the same columns, the same checks and the same
tables; it handles row after row, so a smaller number of rows is measured and scaled up, which
the last line says. Reading alone is measured for both on the whole file.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

BAR, AIM = 60.0, 10.0
CAP = 55
SEED = "yunhuai-2026"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pupils", type=int, default=100_000)
    asked.add_argument("--peer", type=int, default=1_000)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": str(options.var or folder),
            "JUNHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
        }
        from junheng.cli.serve import database

        with database():
            subprocess.run([sys.executable, "-m", "junheng.site.prepare"], check=True)
            import django

            django.setup()
            measure(options.pupils, options.peer)


def measure(pupils: int, peer: int) -> None:
    rows = prepared(pupils)
    began = time.perf_counter()
    whole = workbook(rows)
    print(f"{len(rows):,} pupils, {len(rows[0])} columns, {len(whole) / 2**20:.1f} MiB .xlsx")
    print(f"  (written in {time.perf_counter() - began:.1f} s, not counted)")
    ours = ours_on(whole)
    theirs = peer_on(workbook(rows[:peer]), peer)
    scaled = theirs * len(rows) / peer
    print(f"\nours: {ours:.1f} s for {len(rows):,} pupils (bar {BAR:.0f} s)")
    print(f"django-import-export: {theirs:.1f} s for {peer:,}; scaled to all rows {scaled:,.0f} s")
    print(f"ratio {scaled / ours:.1f} (aim {AIM:.0f})")


@contextmanager
def timed(what: str, times: dict[str, float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    times[what] = time.perf_counter() - began
    print(f"  {what}: {times[what]:.1f} s")


# ---------------------------------------------------------------------------- what is brought


def prepared(pupils: int) -> list[dict[str, Any]]:
    """The demo county without pupils, and so many rows for it."""
    from django.core.management import call_command

    from junheng.registry.demo.county import build
    from junheng.registry.demo.register.load import further_schools
    from junheng.registry.demo.register.whole import register_of
    from junheng.registry.models import Pupil, School

    call_command("load_demo", verbosity=0)
    register = register_of(build(SEED))
    if not School.objects.filter(organisation__code=register.more[0][0].code).exists():
        further_schools(register)
    if Pupil.objects.exists():
        raise SystemExit("the folder holds pupils already")
    return list(rows_of(register, pupils))


def rows_of(register: Any, pupils: int) -> Iterator[dict[str, Any]]:
    """Pupils of the running year as the national workbook has them; no class is large."""
    import numpy as np

    from junheng.registry.demo.register.lines import YEARS
    from junheng.registry.demo.register.persons import guardians_of
    from junheng.registry.demo.register.rows import here_with_class

    persons = register.persons
    everybody = np.arange(len(persons.names))
    made = guardians_of(everybody, persons, np.zeros(len(everybody), dtype=bool), register.seed)
    families: dict[int, list[tuple[str, ...]]] = {}
    columns = (made.relation, made.names, made.phones, made.resident_ids)
    for pupil, *who in zip(made.pupil.tolist(), *columns, strict=True):
        families.setdefault(pupil, []).append(tuple(who))
    seats: Counter[Any] = Counter()
    given = 0
    for n, line in here_with_class(register):
        grade = line.grade(YEARS[-1])
        seats[line.school, grade, line.number] += 1
        if seats[line.school, grade, line.number] > CAP or given == pupils:
            continue
        given += 1
        yield _row(n, line, grade, persons, families[n])


def _row(n: int, line: Any, grade: int, persons: Any, family: list[Any]) -> dict[str, Any]:
    row = {
        "学校标识码": line.school,
        "姓名": persons.names[n],
        "性别": "男" if persons.sex[n] == "1" else "女",
        "出生日期": str(persons.born[n]).replace("-", ""),
        "民族": persons.ethnicity[n],
        "身份证件类型": "居民身份证",
        "身份证件号": persons.resident_ids[n],
        "全国学籍号": f"G{persons.resident_ids[n]}",
        "年级": "一二三四五六七八九"[grade - 1] + "年级",
        "班级": f"{line.number}班",
        "入学年月": f"{line.entered}09",
        "户号": f"{persons.household[n]:09d}",
        "就读方式": "住校" if n % 5 == 0 else "走读",
        "是否留守儿童": "非留守儿童",
        "是否进城务工人员随迁子女": "否",
        "是否孤儿": "否",
        "残疾人类型": "无残疾",
        "国籍/地区": "中国",
        "港澳台侨外": "否",
        "健康状况": "健康或良好",
        "户口性质": "农业户口",
        "入学方式": "就近入学",
        "现住址": "云槐县某村 1 号",
    }
    for place, (relation, name, phone, number) in enumerate([*family, ("", "", "", "")][:2], 1):
        row |= {
            f"成员{place}姓名": name,
            f"成员{place}关系": relation,
            f"成员{place}联系电话": phone,
            f"成员{place}身份证件号": number,
            f"成员{place}是否监护人": "是" if name else "",
        }
    return row


def workbook(rows: list[dict[str, Any]]) -> bytes:
    import xlsxwriter

    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("学生基本信息")
    sheet.write_row(0, 0, list(rows[0]))
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row.values()):
            if value:
                sheet.write_string(number, place, str(value))
    book.close()
    return output.getvalue()


# --------------------------------------------------------------------------------------- ours


def ours_on(data: bytes) -> float:
    """Seconds from the file to the last committed row."""
    from junheng.accounts.models import User
    from junheng.commons import imports
    from junheng.commons.models import ImportBatch
    from junheng.registry.models import Guardian, Pupil

    importer = imports.importer_of("registry.pupils")
    assert importer is not None
    by = User.objects.get(username="admissions")
    times: dict[str, float] = {}
    blob = imports.files().put(data)
    target = {"place": "990100"}
    batch = ImportBatch.objects.create(
        kind=importer.kind,
        path=importer.path(target),
        target=target,
        file_name="register.xlsx",
        sha256=blob.sha256,
        by=by,
    )
    print("\nours")
    with timed("read alone", times):
        importer.read(data, "register.xlsx")
    with timed("look through: read, check, report", times):
        faults = imports.look_through(batch)
    assert not faults, faults[:3]
    with timed("take over: read and check again, write all", times):
        imports.write(batch)
    print(f"  {Pupil.objects.count():,} pupils, {Guardian.objects.count():,} guardians written")
    with timed("take back", times):
        imports.undo(batch, by)
    assert not Pupil.objects.exists()
    return sum(times[what] for what in times if what.startswith(("look", "take over")))


# ----------------------------------------------------------------------------------- the peer


def peer_on(data: bytes, count: int) -> float:
    """Seconds that django-import-export needs: a dry run, then the import, as its admin does."""
    import tablib

    from junheng.registry.models import Pupil

    resource = _resource()
    times: dict[str, float] = {}
    print(f"\ndjango-import-export, {count:,} rows")
    with timed("read", times):
        table = tablib.Dataset().load(data, format="xlsx")
    with timed("dry run with checks", times):
        result = resource.import_data(table, dry_run=True, raise_errors=False)
    assert not result.has_errors(), (result.row_errors() or result.base_errors)[:1]
    with timed("import with checks", times):
        result = resource.import_data(table, dry_run=False, raise_errors=True)
    assert Pupil.objects.count() == count
    return sum(times.values())


def _resource() -> Any:  # noqa: C901 -- in one piece, as its documentation shows
    """A resource with our checks and tables, written as its documentation shows."""
    from django.core.exceptions import ValidationError
    from import_export import resources

    from junheng.accounts.models import User
    from junheng.kernel.codes import table
    from junheng.kernel.resident_id import NotResidentId, ResidentId
    from junheng.kernel.school_year import SchoolYear
    from junheng.places.models import Organisation
    from junheng.registry.models import Guardian, Pupil, PupilTag, School, SchoolClass, Standing
    from junheng.registry.services.importing.pupil_columns import (
        NAME,
        PHONE,
        class_number_of,
        newest,
    )
    from junheng.registry.services.keys import (
        household_key,
        national_number_key,
        resident_id_key,
    )
    from junheng.registry.services.pupils import pupil_number

    columns = {str(column.title): column for column in newest()}
    schools = {each.code: each for each in Organisation.objects.all()}
    grades = {
        (code, grade)
        for code, low, high in School.objects.values_list(
            "organisation__code", "lowest_grade", "highest_grade"
        )
        for grade in range(low, high + 1)
    }
    by, year = User.objects.get(username="admissions"), SchoolYear.of(date.today())  # noqa: DTZ011
    sizes: Counter[Any] = Counter()
    seen: set[str] = set()

    def checked(row: Any) -> None:  # noqa: C901 -- all of our checks, row by row
        for title, column in columns.items():
            value = row.get(title)
            if value in (None, ""):
                if column.required:
                    raise ValidationError(f"{title}: blank")
                continue
            if column.kind == "identifier" and not isinstance(value, str):
                raise ValidationError(f"{title}: a number")
            if column.kind == "choice" and str(value) not in column.choices:
                raise ValidationError(f"{title}: unknown")
        for title in ("姓名", "成员1姓名", "成员2姓名"):
            if row.get(title) and not NAME.fullmatch(row[title]):
                raise ValidationError(f"{title}: no name")
        for title in ("身份证件号", "成员1身份证件号", "成员2身份证件号"):
            if row.get(title):
                try:
                    found = ResidentId.parse(row[title])
                except NotResidentId as no:
                    raise ValidationError(f"{title}: {no}") from no
                if title == "身份证件号" and f"{found.birth_date:%Y%m%d}" != row["出生日期"]:
                    raise ValidationError("born on")
        for title in ("成员1联系电话", "成员2联系电话"):
            if row.get(title) and not PHONE.fullmatch(row[title]):
                raise ValidationError(title)
        if row["身份证件号"] in seen:
            raise ValidationError("twice")
        seen.add(row["身份证件号"])
        grade = int(columns["年级"].choices[row["年级"]])
        if (row["学校标识码"], grade) not in grades:
            raise ValidationError("grade")
        key = (row["学校标识码"], grade, class_number_of(row["班级"]))
        sizes[key] += 1
        if sizes[key] > CAP:
            raise ValidationError("large")

    class PupilResource(resources.ModelResource):  # type: ignore[misc]
        class Meta:
            model = Pupil
            fields = ("number",)
            import_id_fields: tuple[str, ...] = ()
            force_init_instance = True
            use_transactions = True
            skip_diff = True

        def before_import(self, dataset: Any, **kwargs: Any) -> None:
            sizes.clear()
            seen.clear()

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            checked(row)
            if (
                resident_id_key(row["身份证件号"])
                and Pupil.objects.filter(
                    resident_id_key=resident_id_key(row["身份证件号"])
                ).exists()
            ):
                raise ValidationError("known")

        def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            number, national = row["身份证件号"], row["全国学籍号"]
            born = row["出生日期"]
            instance.number = pupil_number(year.start)
            instance.organisation = schools[row["学校标识码"]]
            instance.name, instance.sex = row["姓名"], table("sex").read(row["性别"])
            instance.ethnicity = table("ethnicity").read(row["民族"])
            instance.born_on = date(int(born[:4]), int(born[4:6]), int(born[6:]))
            instance.entered_on = date(int(row["入学年月"][:4]), 9, 1)
            instance.resident_id, instance.resident_id_key = number, resident_id_key(number)
            instance.national_number = national
            instance.national_number_key = national_number_key(national)
            instance.household_number = row["户号"]
            instance.household_key = household_key(row["户号"])
            instance.entered_by = by

        def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            grade = int(columns["年级"].choices[row["年级"]])
            its_class, _made = SchoolClass.objects.get_or_create(
                organisation=instance.organisation,
                school_year=year.start,
                grade=grade,
                number=class_number_of(row["班级"]),
                defaults={"size": 0, "counted_on": year.starts_on},
            )
            Standing.objects.create(
                pupil=instance,
                organisation=instance.organisation,
                school_year=year.start,
                grade=grade,
                school_class=its_class,
                state="studying",
                valid_from=max(instance.entered_on, year.starts_on),
                movement="entered",
                entered_by=by,
            )
            for n in (1, 2):
                if row[f"成员{n}姓名"]:
                    Guardian.objects.create(
                        pupil=instance,
                        name=row[f"成员{n}姓名"],
                        relation=table("relation").read(row[f"成员{n}关系"]) or "",
                        phone=row[f"成员{n}联系电话"],
                        resident_id=row[f"成员{n}身份证件号"],
                        resident_id_key=resident_id_key(row[f"成员{n}身份证件号"]),
                        valid_from=year.starts_on,
                    )
            if row["就读方式"] == "住校":
                PupilTag.objects.create(
                    pupil=instance, tag="boarder", valid_from=year.starts_on, source="Import"
                )

    return PupilResource()


if __name__ == "__main__":
    main()
