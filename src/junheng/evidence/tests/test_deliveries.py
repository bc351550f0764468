"""Tables of departments: refused with reasons, superseding, taken back, never half."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from junheng.accounts.tests import cast
from junheng.commons import import_reports, imports
from junheng.commons.imports import CannotUndo
from junheng.commons.models import ImportBatch
from junheng.evidence.events import delivery_loaded
from junheng.evidence.models import Connection, Delivery, Record, Register
from junheng.evidence.services import importing
from junheng.evidence.tests.builders import CHILD, OTHER, delivered, row, tables
from junheng.kernel.faults import Refused

pytestmark = pytest.mark.django_db
HEADER = "resident_id,name,born_on,household_number,address"
ONE = f"{CHILD},王小涵,2020-02-29,H1,East Street 1"
TWO = f"{OTHER},李四,1988-03-14,H2,East Street 2"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path


def send(
    connection: Connection, *rows: str, as_of: str = "2026-06-01", encoding: str = "utf-8"
) -> ImportBatch:
    importer = imports.importer_of(f"evidence.{connection.register}")
    assert importer is not None
    target = {"connection": str(connection.pk), "as_of": as_of}
    data = "\n".join([HEADER, *rows]).encode(encoding)
    return imports.receive(importer, data, name="households.csv", target=target, by=cast.li())


def brought(connection: Connection, *rows: str, **given: str) -> ImportBatch:
    batch = send(connection, *rows, **given)
    assert said(batch) == []
    imports.write(batch)
    return batch


def holding(connection: Connection) -> Delivery:
    found = connection.deliveries.standing().first()
    assert found is not None
    return found


def said(batch: ImportBatch) -> list[str]:
    return [fault.message for fault in import_reports.report_of(batch).faults]


def test_a_delivery_supersedes_the_one_before_and_can_be_taken_back() -> None:
    register = tables()
    first = brought(register, ONE)
    second = brought(register, ONE, TWO, as_of="2026-07-01", encoding="gb18030")
    assert holding(register).batch == second
    with pytest.raises(CannotUndo):
        imports.undo(first, cast.li())
    imports.undo(second, cast.li())
    assert holding(register).batch == first
    assert Record.objects.count() == 1
    assert register.deliveries.count() == 2


def test_only_the_last_two_deliveries_keep_their_rows() -> None:
    register = tables()
    for day in (1, 2, 3):
        delivered(register, row(), as_of=date(2026, 6, day))
    assert [d.records.count() for d in register.deliveries.order_by("as_of")] == [0, 1, 1]


def test_the_same_table_twice_is_refused_whatever_file_it_is_in() -> None:
    register = tables()
    brought(register, ONE, TWO)
    assert "delivered already" in said(send(register, ONE, TWO, encoding="gb18030"))[0]
    assert said(send(register, ONE, TWO, as_of="2026-06-02")) == []
    assert said(send(register, TWO)) == []


def test_days_that_cannot_be_are_refused() -> None:
    register = tables()
    brought(register, ONE)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "yet to come" in said(send(register, ONE, as_of=tomorrow))[0]
    assert "is not given" in said(send(register, ONE, as_of="soon"))[0]
    assert "is here already" in said(send(register, ONE, as_of="2026-05-01"))[0]


def test_names_alone_are_refused() -> None:
    assert "No row has" in said(send(tables(), ",王小涵,,H1,East Street 1"))[0]


def test_a_weak_number_does_not_stop_a_delivery_but_is_counted() -> None:
    register = tables()
    brought(
        register,
        ONE,
        f"{OTHER[:15]}000,李四,,H2,",
        f"{CHILD[:17]}1,王五,,H3,",
        ",赵六,2020-01-01,,",
    )
    quality = Delivery.objects.get().quality
    assert quality["number_sound"] == 1
    assert quality["number_lost_tail"] == 1
    assert quality["number_faulty"] == 1
    assert quality["number_missing"] == 1
    assert quality["without_birthday"] == 2


def test_killed_in_the_middle_nothing_is_half(monkeypatch: pytest.MonkeyPatch) -> None:
    register = tables()
    brought(register, ONE)
    batch = send(register, ONE, TWO, as_of="2026-07-01")

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_tell", dies)
        with pytest.raises(KeyboardInterrupt):
            imports.write(batch)
    assert Record.objects.count() == 1
    imports.write(batch)
    assert holding(register).rows == 2


def test_whoever_waits_hears_of_a_delivery_after_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[tuple[object, object]] = []

    def listen(register: Register, path: str, **_: object) -> None:
        heard.append((register, path))

    delivery_loaded.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            register = tables()
            delivered(register, row())
            assert heard == []
        assert heard == [(Register.HOUSEHOLD, register.path)]
    finally:
        delivery_loaded.disconnect(listen)


def test_who_keeps_another_county_cannot_deliver_here() -> None:
    register = tables()
    importer = imports.importer_of("evidence.household")
    assert importer is not None
    target = {"connection": str(register.pk), "as_of": "2026-06-01"}
    assert importer.may(cast.li(), target)
    assert importer.where(target).startswith(register.name)
    assert not importer.may(cast.qian(), target)
    assert not importer.may(cast.wu(), target)
    assert not importer.may(cast.li(), {"connection": "nonsense"})
    estate = imports.importer_of("evidence.real_estate")
    assert estate is not None
    assert not estate.may(cast.li(), target)


def test_an_identity_number_that_was_a_figure_is_refused() -> None:
    from io import BytesIO

    import xlsxwriter

    register = tables()
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["resident_id", "name"])
        sheet.write_number(1, 0, 990100202002290000)
        sheet.write_string(1, 1, "王小涵")
    importer = imports.importer_of("evidence.household")
    assert importer is not None
    target = {"connection": str(register.pk), "as_of": "2026-06-01"}
    batch = imports.receive(importer, file.getvalue(), name="x.xlsx", target=target, by=cast.li())
    assert batch.state == "refused"
    with pytest.raises(imports.NotNow):
        imports.write(batch)


def test_what_changed_meanwhile_is_checked_again() -> None:
    register = tables()
    batch = send(register, ONE)
    delivered(register, row(), as_of=date(2026, 7, 1))
    with pytest.raises(Refused):
        imports.write(batch)
