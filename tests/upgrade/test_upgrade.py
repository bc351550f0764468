"""From the first issue's version to this one, and back where the way back is honest.

Later migrations need no change here: whatever the first version held has to be there afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from pytest_django import DjangoDbBlocker

from junheng.site.postgres import OWNER
from junheng.site.prepare import grant, history_tables
from tests.upgrade import first_version

NAME = "test_junheng_upgrade"
WRITTEN_BY_MIGRATE = ("django_migrations", "django_content_type", "auth_permission")
PLANNED_ANEW = {"admissions_round": ("state", "seed")}
"""What the upgrade changes on purpose; no row is lost there either."""
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def a_database() -> Iterator[None]:
    """An empty database in the place of the tests' own, gone afterwards."""
    with psycopg.connect(settings.SERVER.url(OWNER, "postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        usual = connections["default"]
        values = {**usual.settings_dict, "NAME": NAME, "OPTIONS": {}}
        connections["default"] = DatabaseWrapper(values, "default")
        try:
            yield
        finally:
            connection.close()
            connections["default"] = usual
            server.execute(drop)


@pytest.fixture(scope="module")
def held(django_db_blocker: DjangoDbBlocker) -> Iterator[Rows]:
    """What the first version held; the database itself is of this version already."""
    with django_db_blocker.unblock(), a_database():
        first_version.build()
        rows = everything()
        call_command("migrate", interactive=False, verbosity=0)
        grant(settings.SITE_ROLE)
        yield rows


def everything() -> Rows:
    """All rows of all tables, as the database writes them."""
    return {table: rows_of(table) for table in connection.introspection.table_names()}


def rows_of(table: str) -> list[dict[str, Any]]:
    query = sql.SQL("SELECT to_jsonb(held)::text FROM {} AS held").format(sql.Identifier(table))
    return [json.loads(text) for (text,) in asked(query)]


def asked(query: Any, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def without(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


def lost(before: Rows) -> list[tuple[str, dict[str, Any]]]:
    """Rows of before that are not there any more, with all that they said."""
    missing = []
    for table, rows in before.items():
        if table not in WRITTEN_BY_MIGRATE:
            changed = PLANNED_ANEW.get(table, ())
            now = [without(row, changed) for row in rows_of(table)]
            expected = [without(row, changed) for row in rows]
            missing += [
                (table, row)
                for row in expected
                if not any(row.items() <= new.items() for new in now)
            ]
    return missing


def test_the_first_version_had_something_to_lose(held: Rows) -> None:
    filled = {table for table, rows in held.items() if rows}
    assert {
        "accounts_appointment",
        "admissions_placement",
        "admissions_roundevent",
        "commons_importbatch",
        "commons_job",
        "commons_run",
        "commons_runfile",
        "places_place",
    } <= filled


def test_nothing_is_lost(held: Rows) -> None:
    assert lost(held) == []
    for table in set(held) - set(WRITTEN_BY_MIGRATE):
        if not table.endswith("event"):  # histories grow: the rounds are planned anew
            assert len(rows_of(table)) == len(held[table]), table


def test_old_rounds_are_planned_ones_without_a_seed(held: Rows) -> None:
    assert {row["state"] for row in held["admissions_round"]} == {"draft", "loaded"}
    assert {(row["state"], row["seed"]) for row in rows_of("admissions_round")} == {("planned", "")}
    (loaded,) = rows_of("admissions_roundinput")
    assert loaded["seed"] == first_version.SEED  # what the files said stays readable


def test_history_tells_what_the_upgrade_did(held: Rows) -> None:
    before = len(held["admissions_roundevent"])
    added = [row["state"] for row in rows_of("admissions_roundevent")][before:]
    assert added == ["planned", "planned"]


def test_runs_and_receipts_are_the_same_bytes(held: Rows) -> None:
    ((receipt,),) = asked("SELECT receipt::text FROM commons_run")
    assert json.loads(receipt) == first_version.RECEIPT
    (run,) = rows_of("commons_run")
    (old,) = held["commons_run"]
    assert old.items() <= run.items()
    assert [row["rehearsal"] for row in rows_of("admissions_roundrun")] == [False]


def test_every_trigger_is_in_place(held: Rows) -> None:
    for model, trigger in pgtrigger.registered():
        assert trigger.get_installation_status(model) == ("INSTALLED", True), trigger


def test_the_tables_are_those_of_the_models(held: Rows) -> None:
    for model in apps.get_models():
        ours = model.__module__.startswith("junheng.") and not model._meta.proxy
        if ours and model._meta.managed:
            with connection.cursor() as cursor:
                there = connection.introspection.get_table_description(cursor, model._meta.db_table)
            wanted = {field.column for field in model._meta.local_concrete_fields}
            assert wanted == {column.name for column in there}, model


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE commons_run SET receipt = '{}'", id="another receipt"),
        pytest.param("DELETE FROM commons_run", id="no run"),
        pytest.param("UPDATE admissions_placement SET school_id = NULL", id="another seat"),
        pytest.param("UPDATE admissions_round SET state = 'published'", id="published at once"),
        pytest.param("DELETE FROM admissions_roundevent", id="no history"),
        pytest.param("UPDATE accounts_userevent SET name = 'x'", id="another history"),
        pytest.param("ALTER TABLE commons_run DISABLE TRIGGER ALL", id="no trigger"),
        pytest.param("DELETE FROM django_migrations", id="no migrations"),
    ],
)
@pytest.mark.parametrize("looking_away", [False, True], ids=["plainly", "looking away"])
def test_the_application_is_refused_what_it_was_refused_before(
    held: Rows, statement: str, looking_away: bool
) -> None:
    with pytest.raises(DatabaseError) as refused:
        as_the_application(statement, looking_away=looking_away)
    assert "does not exist" not in str(refused.value)
    assert "syntax" not in str(refused.value)


def as_the_application(statement: str, *, looking_away: bool) -> None:
    """As the site's role; looking away, with every trigger told to let it pass."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(settings.SITE_ROLE)))
        if looking_away:
            names = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered()]
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [_array(names)])
        cursor.execute(statement)


def _array(names: list[str]) -> str:
    return "{" + ",".join(names) + "}"


def test_the_application_may_read_and_write_every_table_but_histories(held: Rows) -> None:
    histories = set(history_tables())
    for table in connection.introspection.table_names():
        query = (
            "SELECT has_table_privilege(%(role)s, %(table)s, 'SELECT'),"
            " has_table_privilege(%(role)s, %(table)s, 'UPDATE')"
        )
        ((reads, writes),) = asked(query, {"role": settings.SITE_ROLE, "table": table})
        assert reads, table
        assert writes == (table not in histories and table != "django_migrations"), table


def test_the_way_back_keeps_the_old_rows_or_says_that_it_is_none(held: Rows) -> None:
    """Runs last: afterwards the database is of the first version again.

    Where a later migration cannot be taken back the way back is the backup of before, and
    Django says so by the operation's own word, before anything is touched.
    """
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(first_version.targets())
    assert plan
    assert all(backwards for _migration, backwards in plan)
    if not all(each.reversible for step, _back in plan for each in step.operations):
        return
    executor.migrate(first_version.targets())
    assert lost(held) == []
    assert set(connection.introspection.table_names()) == set(held)
    by_ref = {row["ref"]: row["state"] for row in rows_of("admissions_round")}
    assert by_ref == {row["ref"]: row["state"] for row in held["admissions_round"]}
    (run,) = rows_of("commons_run")
    assert [run] == held["commons_run"]
