from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from junheng.commons import runs
from junheng.commons.apps import nobody_looks_away
from junheng.commons.history import (
    HistoryMiddleware,
    HistoryRow,
    acting,
    history_of,
    reason,
    shown,
    sign_transaction,
)
from junheng.commons.masks import HIDDEN, mask_phone
from junheng.commons.models import Run
from junheng.commons.sealing import Sealed, SealedTextField
from junheng.commons.tests import roles

NOTE = "UPDATE commons_run SET note = 'x'"


@pytest.fixture
def as_the_site(db: None) -> Iterator[None]:
    """The rest of the test runs under the role of the site, which owns nothing."""
    with roles.as_the_site():
        yield


def latest(run: Run) -> HistoryRow:
    return history_of(run)[0]


# ------------------------------------------------------------------------- what is caught


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda run: Run.objects.update(note="x"), id="a bulk update"),
        pytest.param(
            lambda run: Run.objects.bulk_update([Run(pk=run.pk, note="x")], ["note"]),
            id="bulk_update",
        ),
        pytest.param(lambda run: execute(NOTE), id="raw SQL"),
        pytest.param(lambda run: execute_many("x"), id="executemany"),
        pytest.param(lambda run: runs.fail(run, "x"), id="a service"),
    ],
)
def test_every_way_of_writing_is_recorded_with_who_and_why(
    change: Any, run: Run, li: AbstractBaseUser
) -> None:
    with acting(user=li.pk, url="/rounds/1/"), reason("objection 12 upheld"):
        change(run)
    row = latest(run)
    assert (row.what, row.who, row.url) == ("update", "Li Admissions", "/rounds/1/")
    assert row.why == "objection 12 upheld"
    assert ("note", "", "x") in [(c.field, c.before, c.after) for c in row.changes]


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def execute_many(note: str) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE commons_run SET note = %s WHERE id > %s", [(note, 0), (note, -1)]
        )


def test_copy_is_signed_when_its_transaction_is(run: Run, li: AbstractBaseUser) -> None:
    with acting(user=li.pk), transaction.atomic():
        sign_transaction()
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY commons_importbatch (id, kind, path, target, file_name, sha256, rows, faults,"
                " state, by_id, at, report_sha256, errors_sha256) FROM STDIN"
            ) as copy,
        ):
            batch = "0f0f0f0f-0000-4000-8000-000000000001"
            copy.write_row(
                (batch, "k", "", "{}", "f", "s", 1, 0, "refused", li.pk, "2026-11-22", "", "")
            )
        cursor = connection.cursor()
        cursor.execute("SELECT pgh_context->>'user' FROM commons_importbatchevent")
        assert cursor.fetchall() == [(str(li.pk),)]


def test_history_is_told_newest_first_with_choices_in_words(run: Run) -> None:
    runs.start(run)
    assert [row.what for row in history_of(run)] == ["update", "insert"]
    change = next(c for c in latest(run).changes if c.field == "state")
    assert (change.before, change.after) == ("Waiting", "Running")


def test_a_removed_row_has_its_history(run: Run) -> None:
    gone = Run(pk=run.pk)
    run.delete()
    rows = history_of(gone)
    assert [row.title for row in rows] == ["Removed", "Added"]
    assert ("ref", run.ref, None) in [(c.field, c.before, c.after) for c in rows[0].changes]


def test_what_nobody_signed_is_recorded_all_the_same(run: Run) -> None:
    execute(NOTE)
    assert (latest(run).who, latest(run).why) == ("", "")


# ------------------------------------------------------------------------------- signing


def test_a_reason_holds_inside_its_block_only(run: Run, li: AbstractBaseUser) -> None:
    with acting(user=li.pk):
        with reason("inside"):
            Run.objects.update(note="1")
        Run.objects.update(note="2")
    assert [(row.why, row.who) for row in history_of(run)[:2]] == [
        ("", "Li Admissions"),
        ("inside", "Li Admissions"),
    ]


def test_a_request_signs_with_its_user_and_page(run: Run, li: Any) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.user = li  # as signing in does, in the middle of a request
        Run.objects.update(note="x")
        return HttpResponse()

    HistoryMiddleware(view)(RequestFactory().post("/rounds/1/"))
    assert (latest(run).who, latest(run).url) == ("Li Admissions", "/rounds/1/")


def test_a_request_that_changes_nothing_does_not_ask_who_it_is(db: None) -> None:
    class Nobody:
        @property
        def pk(self) -> int:
            raise AssertionError("asked")

    request: Any = RequestFactory().get("/")
    request.user = Nobody()
    assert HistoryMiddleware(lambda request: HttpResponse())(request).status_code == 200


# -------------------------------------------------------------------- it cannot be undone


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE commons_runevent SET note = 'forged'",
        "UPDATE commons_runevent SET pgh_context = '{\"user\": 1}'",
        "DELETE FROM commons_runevent",
        "TRUNCATE commons_runevent",
        "INSERT INTO commons_runevent SELECT * FROM commons_runevent",
        "ALTER TABLE commons_runevent DISABLE TRIGGER ALL",
        "SET LOCAL session_replication_role = replica",
        "DROP TABLE commons_runevent",
    ],
)
@pytest.mark.parametrize("look_away", [False, True])
def test_the_site_cannot_touch_history(
    attack: str, look_away: bool, run: Run, as_the_site: None
) -> None:
    if look_away:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            everything = ",".join(name for (name,) in cursor.fetchall())
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{everything}}}"])
    with pytest.raises(DatabaseError), transaction.atomic():
        execute(attack)
    assert len(history_of(run)) == 1


def test_the_site_cannot_change_without_history(run: Run, as_the_site: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%update_update%%'")
        everything = ",".join(name for (name,) in cursor.fetchall())
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{everything}}}"])
    execute(NOTE)
    assert latest(run).what == "update"


def test_the_switch_is_closed_again_after_every_migration(run: Run, as_the_site: None) -> None:
    """pgtrigger writes its switch anew with each trigger, open to anybody."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)"
            " RETURNS BOOLEAN LANGUAGE sql STABLE AS 'SELECT TRUE'"
        )
        nobody_looks_away(using="default")
        cursor.execute("SET LOCAL ROLE junheng_app")
    with pytest.raises(DatabaseError), transaction.atomic():
        execute("DELETE FROM commons_runevent")


# ------------------------------------------------------------------------- what it shows


def test_personal_fields_are_masked_and_sealed_ones_hidden(run: Run) -> None:
    Run.objects.update(note="13800000001")
    Run.objects.update(note="13800000002")
    change = history_of(run, masks={"note": mask_phone})[0].changes[0]
    assert (change.before, change.after) == ("138****0001", "138****0002")


def test_a_sealed_field_is_never_opened_by_its_history() -> None:
    class Event:
        number = property(lambda self: pytest.fail("opened"))

    field = SealedTextField(bound_to="ref", name="number")
    field.set_attributes_from_name("number")
    event = Event()
    event.__dict__["number"] = Sealed(b"ciphertext")
    assert shown(event, field, {}) == HIDDEN
