"""The history of the large tables is written by statement, and says what it said row by row."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from junheng.accounts.tests import cast
from junheng.commons.copying import copy_rows
from junheng.commons.history import acting, history_of, reason
from junheng.registry.models import Guardian, Pupil, PupilTag, SchoolClass, Standing, Tag
from junheng.registry.models import State as PupilState
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TRACKED: tuple[Any, ...] = (Pupil, Guardian, PupilTag, Standing)
SIGNED = "SELECT pgh_context->>'user', pgh_context->>'why', pgh_context_id FROM {table}"


@pytest.fixture
def three() -> list[Pupil]:
    """Three pupils of a class, each with a tag."""
    builders.facts()
    school_class = builders.a_class(size=0)
    pupils = [builders.a_pupil(school_class) for _each in range(3)]
    PupilTag.objects.bulk_create(
        PupilTag(pupil=each, tag=Tag.BOARDER, valid_from=builders.START) for each in pupils
    )
    return pupils


def written(model: Any, label: str) -> list[tuple[Any, ...]]:
    """The entries of a kind without the columns of the history itself."""
    columns = [field.column for field in model._meta.concrete_fields]
    quoted = ", ".join(f'"{column}"' for column in columns)
    events = model.pgh_event_model._meta.db_table
    key = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {quoted} FROM {events} WHERE pgh_label = %s "  # noqa: S608 -- names of ours
            f'AND pgh_obj_id = "{key}" AND pgh_created_at IS NOT NULL ORDER BY "{key}"',
            [label],
        )
        return list(cursor.fetchall())


def there(model: Any) -> list[tuple[Any, ...]]:
    """The rows as they are."""
    columns = [field.column for field in model._meta.concrete_fields]
    quoted = ", ".join(f'"{column}"' for column in columns)
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {quoted} FROM {table} ORDER BY "{key}"')  # noqa: S608 -- names of ours
        return list(cursor.fetchall())


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_every_tracked_table_of_the_register_writes_by_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname ~ '^pgtrigger_(insert_insert|update_update|delete_delete)' "
            "AND tgtype & 1 = 0 AND starts_with(relname, 'registry_') GROUP BY relname"
        )
        found = dict(cursor.fetchall())
    expected = {model._meta.db_table: 2 if model is Standing else 3 for model in TRACKED}
    assert found == expected


def test_rows_that_come_by_copy_are_told_column_by_column_and_signed(three: list[Pupil]) -> None:
    columns = ("id", "pupil_id", "relation", "resident_id_key", "valid_from")
    rows = [(uuid4(), each.pk, "52", f"K{n}", builders.START) for n, each in enumerate(three)]
    with acting(user=cast.li().pk), reason("import"):
        copy_rows(Guardian, columns, rows)
    assert written(Guardian, "insert") == there(Guardian)
    assert len(written(Guardian, "insert")) == 3
    with connection.cursor() as cursor:
        cursor.execute(SIGNED.format(table="registry_guardianevent"))
        signed = cursor.fetchall()
    assert {each[:2] for each in signed} == {(str(cast.li().pk), "import")}
    assert len({each[2] for each in signed} - {None}) == 1


@pytest.mark.parametrize("model", [Pupil, PupilTag], ids=lambda model: model.__name__)
def test_rows_of_bulk_create_and_save_are_told(three: list[Pupil], model: Any) -> None:
    assert written(model, "insert") == there(model)
    assert len(there(model)) == 3


def test_an_update_of_many_tells_those_that_changed_and_no_other(three: list[Pupil]) -> None:
    changed, same, other = three
    Pupil.objects.filter(pk=same.pk).update(ethnicity="02")
    with acting(user=cast.li().pk):
        assert Pupil.objects.update(ethnicity="02") == 3
    events = {pk: [row.what for row in history_of(Pupil(pk=pk))] for pk in (changed.pk, same.pk)}
    assert events == {changed.pk: ["update", "insert"], same.pk: ["update", "insert"]}
    assert len(written(Pupil, "update")) == 3
    latest = history_of(other)[0]
    assert [(each.field, each.before, each.after) for each in latest.changes] == [
        ("ethnicity", "", "02")
    ]
    assert latest.user_id == cast.li().pk


def test_what_becomes_null_or_stops_being_null_is_a_change(three: list[Pupil]) -> None:
    Pupil.objects.update(born_on=None)
    Pupil.objects.update(born_on=builders.START)
    assert len(written(Pupil, "update")) == 6


def test_a_row_that_gets_another_number_is_told(three: list[Pupil]) -> None:
    columns = ("id", "pupil_id", "relation", "resident_id_key", "valid_from")
    copy_rows(Guardian, columns, [(uuid4(), three[0].pk, "52", "", builders.START)])
    execute("UPDATE registry_guardian SET id = gen_random_uuid()")
    assert written(Guardian, "update") == there(Guardian)


def test_a_standing_is_told_as_it_was_before_it_ended_and_before_it_went(
    three: list[Pupil],
) -> None:
    before = there(Standing)
    day = builders.START.replace(year=builders.START.year + 1)
    with acting(user=cast.li().pk), reason("end of the year"):
        Standing.objects.update(valid_to=day, completed=True)
    assert written(Standing, "update") == before
    ended = there(Standing)
    Standing.objects.bulk_create(a_year_later(each, day) for each in Standing.objects.all())
    execute("DELETE FROM registry_standing WHERE completed")
    assert written(Standing, "delete") == ended
    assert written(Standing, "insert") == []


def a_year_later(before: Standing, day: date) -> Standing:
    return Standing(
        pupil=before.pupil,
        organisation=before.organisation,
        school_year=before.school_year + 1,
        grade=before.grade + 1,
        state=PupilState.STUDYING,
        movement="moved_up",
        valid_from=day,
        entered_by=cast.li(),
    )


def test_rows_that_go_are_told_as_they_were(three: list[Pupil]) -> None:
    before = there(PupilTag)
    execute("DELETE FROM registry_pupiltag")
    assert written(PupilTag, "delete") == before


def test_what_triggers_change_is_told_as_well(three: list[Pupil]) -> None:
    """The pupil follows its standing, which raw SQL ended."""
    standing = Standing.objects.get(pupil=three[0])
    day = builders.START.replace(month=10)
    execute("UPDATE registry_standing SET valid_to = %s WHERE id = %s", day, standing.pk)
    Standing.objects.create(
        pupil=three[0],
        organisation=standing.organisation,
        school_year=standing.school_year,
        grade=standing.grade,
        state=PupilState.LEFT,
        movement="left",
        valid_from=day,
        entered_by=cast.li(),
    )
    assert [each.field for each in history_of(three[0])[0].changes] == ["left_on"]
    assert SchoolClass.objects.get().size == 2


def test_nobody_writes_an_entry_by_hand(three: list[Pupil]) -> None:
    models: tuple[Any, ...] = (Pupil, PupilTag, Standing)
    for model in models:
        events = model.pgh_event_model._meta.db_table
        with pytest.raises(DatabaseError, match="history of"), transaction.atomic():
            execute(
                f"INSERT INTO {events} (pgh_label, pgh_created_at, pgh_obj_id) "  # noqa: S608 -- names of ours
                f"SELECT 'insert', now(), id FROM {model._meta.db_table} LIMIT 1"
            )
