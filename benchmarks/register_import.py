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
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.shared.installation import installation

BAR, AIM = 60.0, 10.0
CAP = 55
SEED = "yunhuai-2026"


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pupils", type=int, default=100_000)
    asked.add_argument("--peer", type=int, default=1_000)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with installation(options.var, JUNHENG_DEMO="1"):
        return measure(options.pupils, options.peer)


def measure(pupils: int, peer: int) -> int:
    """Print both; 1 if ours is over the bar, or the ratio below the aim."""
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
    return int(ours > BAR or scaled / ours < AIM)


@contextmanager
def timed(what: str, times: dict[str, float]) -> Iterator[None]:
    began, used = time.perf_counter(), processor_seconds()
    yield
    times[what] = time.perf_counter() - began
    here, server = (now - then for now, then in zip(processor_seconds(), used, strict=True))
    print(f"  {what}: {times[what]:.1f} s (processor {here:.1f} s, and the server {server:.1f} s)")


def processor_seconds() -> tuple[float, float]:
    """Of this process, and of the embedded server's process that serves it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    figures = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    ticks = int(figures[11]) + int(figures[12])
    return time.process_time(), ticks / os.sysconf("SC_CLK_TCK")


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

    from benchmarks.peers.register import PupilResource
    from junheng.registry.models import Pupil

    resource = PupilResource()
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


if __name__ == "__main__":
    sys.exit(main())
