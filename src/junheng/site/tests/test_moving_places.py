"""A village goes to another township: every row that lies in it follows, and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.models import ReadLog, User
from junheng.accounts.services.reading import note_read
from junheng.accounts.tests import cast
from junheng.aid.models import Household
from junheng.aid.services.settling_left_out import CASE
from junheng.aid.tests.households import builders as households
from junheng.cases.facade import open_case
from junheng.cases.models import Case
from junheng.commons.history import history_of, reason
from junheng.commons.tests.roles import as_the_site
from junheng.places.facade import Level, Place, load_divisions
from junheng.places.models import OrganisationKind, Role
from junheng.places.services.following import follow, follow_late, following, paths, staying

pytestmark = pytest.mark.django_db
ANYTHING: dict[str, Any] = {
    **dict.fromkeys(("text", "varchar", "bpchar"), "x"),
    **dict.fromkeys(("int2", "int4", "int8", "float8", "numeric"), 1),
    **dict.fromkeys(("_text", "_varchar", "_int4", "_int8"), "{}"),
    "bool": False,
    "bytea": b"x",
    "date": date(2026, 1, 1),
    "inet": "127.0.0.1",
    "jsonb": "{}",
    "timestamptz": timezone.now(),
    "uuid": uuid4(),
}
"""Something of every kind of column."""


def village() -> Place:
    cast.counties()
    return Place.objects.get(code=cast.VILLAGE)


def load(folder: Path, *rows: str) -> None:
    file = folder / "divisions.csv"
    file.write_text("\n".join(["code,name,level,parent_code", *rows]))
    load_divisions(file)


def to_beihe(folder: Path, township: str = cast.NEXT_TOWNSHIP) -> Place:
    """The village goes to another township."""
    load(folder, f"{cast.VILLAGE},East Village,village,{township}")
    return village()


def officers() -> tuple[User, User]:
    """Of the township in which the village lay, and of the one to which it goes."""
    office = cast.organisation(
        "beihe-office", OrganisationKind.TOWNSHIP_OFFICE, at=cast.NEXT_TOWNSHIP
    )
    return cast.zhou(), cast.person("hua", Role.TOWNSHIP_OFFICER, office)


def a_case(path: str) -> Case:
    made = open_case(CASE, subject=str(uuid4()), title="A visit", path=path, by=None)
    return Case.objects.get(number=made.number)


# ------------------------------------------------------------------------ every table


def a_row(table: str, columns: list[str], path: str) -> None:
    """Some row of a table with this path, whatever it would have to say otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " AND contype IN ('c', 'x')",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
            [table],
        )
        values = {name: ANYTHING[kind] for name, kind in cursor.fetchall()}
        values |= dict.fromkeys(columns, path)
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608 -- names of ours


def rows_of(tables: Mapping[str, list[str]]) -> dict[str, tuple[Any, ...]]:
    """Of each table its paths, and all the rest of its row."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            cursor.execute(f"SELECT to_jsonb(it) FROM {table} it")  # noqa: S608 -- names of ours
            ((told,),) = cursor.fetchall()
            row = json.loads(told) if isinstance(told, str) else told
            found[table] = ([row.pop(name) for name in columns], row)
    return found


def test_every_path_of_every_table_follows_and_nothing_else_of_the_row(tmp_path: Path) -> None:
    old, tables = village().path, defaultdict[str, list[str]](list)
    for table, column in following():
        tables[table].append(column)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, columns in tables.items():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of ours
                a_row(table, columns, f"{old}@school/")
            cursor.execute("SET LOCAL session_replication_role = origin")
        before = rows_of(tables)
        new = to_beihe(tmp_path).path
        after = rows_of(tables)
        transaction.set_rollback(True)
    assert len(tables) > 40
    for table in tables:
        assert set(before[table][0]) == {f"{old}@school/"}
        assert set(after[table][0]) == {f"{new}@school/"}, table
        assert before[table][1] == after[table][1], table


def test_each_path_follows_or_says_why_not() -> None:
    known = set(paths())
    assert set(staying()) <= known
    assert all(len(why) > 20 for why in staying().values())
    assert len(following()) + len(staying()) == len(known)
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'places_follow'")
        ((source,),) = cursor.fetchall()
    assert all(f"('{table}', '{column}')" in source for table, column in following())


# ------------------------------------------------------------------------ who sees what


def test_the_new_townships_officer_sees_what_lies_there_and_the_old_one_no_longer(
    tmp_path: Path,
) -> None:
    old, new = officers()
    case, home = a_case(village().path), households.household()

    def seen(user: User) -> tuple[int, int]:
        return Case.objects.for_user(user).count(), Household.objects.for_user(user).count()

    assert (seen(old), seen(new)) == ((1, 1), (0, 0))
    with reason("Decree 7"):
        to_beihe(tmp_path)
    assert (seen(old), seen(new)) == ((0, 0), (1, 1))
    assert home.village.code == cast.VILLAGE
    written = history_of(case)[0]
    assert (written.why, [one.field for one in written.changes]) == ("Decree 7", ["path"])
    to_beihe(tmp_path, cast.TOWNSHIP)
    assert (seen(old), seen(new)) == ((1, 1), (0, 0))


def test_a_township_takes_all_its_villages_along(tmp_path: Path) -> None:
    case, beside = a_case(village().path), a_case(cast.counties().path)
    load(tmp_path, f"{cast.TOWNSHIP},Chengguan Township,township,{cast.NEXT_COUNTY}")
    case.refresh_from_db()
    assert case.path == village().path
    assert f"/{cast.NEXT_COUNTY}/" in case.path
    beside.refresh_from_db()
    assert beside.path == cast.counties().path


def test_what_was_then_stays(tmp_path: Path) -> None:
    tian = cast.tian()
    note_read(tian, tian, ["phone"], "a visit")
    before = ReadLog.objects.get().reader_path
    to_beihe(tmp_path)
    assert ReadLog.objects.get().reader_path == before


# ------------------------------------------------------------------------ nobody steers it


def test_the_site_brings_rows_only_to_where_the_tree_says(tmp_path: Path) -> None:
    old = village().path
    case = a_case(old)
    with as_the_site():
        assert follow(datetime(2000, 1, 1, tzinfo=UTC)) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(path=cast.counties().path)
    new = to_beihe(tmp_path).path
    late = a_case(old)
    with as_the_site():
        assert follow_late() == 1
        assert follow_late() == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(path=old)
    assert set(Case.objects.values_list("path", flat=True)) == {new}
    late.refresh_from_db()
    assert late.path == new


def test_a_place_whose_code_only_begins_alike_is_left_alone(tmp_path: Path) -> None:
    cast.counties()
    longer = cast.place(f"{cast.VILLAGE}9", "Long Village", Level.VILLAGE, cast.TOWNSHIP)
    case = a_case(longer.path)
    to_beihe(tmp_path)
    case.refresh_from_db()
    assert case.path == longer.path
