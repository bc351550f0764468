"""The roster: sealed, found by number and telephone, refused with every fault at once."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import facade
from junheng.admissions.models import Application, Round
from junheng.admissions.services.applications import look_up_key
from junheng.admissions.services.roster import COLUMNS, KIND, RosterImporter
from junheng.admissions.tests.rounds import builders
from junheng.commons import import_reports, imports
from junheng.commons.models import ImportBatch
from junheng.kernel.faults import Refused
from junheng.kernel.ref import Ref

HEAD = ",".join(column.name for column in COLUMNS)
WANG = "c1,王小涵,2020-03-14,王大明,13800000001,,"
LI = "c2,李子安,2019-12-01,李大和,13800000002,,"


@pytest.fixture
def the_round(li: User) -> Round:
    made = builders.loaded(li)
    Round.objects.filter(pk=made.pk).update(born_from=date(2019, 9, 1), born_by=date(2020, 8, 31))
    return builders.fresh(made)


def brought(the_round: Round, li: User, *rows: str) -> ImportBatch:
    data = "\n".join([HEAD, *rows, ""]).encode()
    target = {"round": str(the_round.pk)}
    return imports.receive(RosterImporter(), data, name="roster.csv", target=target, by=li)


def told(batch: ImportBatch) -> list[str]:
    return [str(one.said_in(lambda text: text)) for one in import_reports.report_of(batch).faults]


def test_names_and_telephones_are_sealed_and_found(the_round: Round, li: User) -> None:
    imports.take_over(brought(the_round, li, WANG, LI), li)
    found = Application.objects.get(code="c1")
    assert (found.child_name, found.phone) == ("王小涵", "13800000001")
    assert str(Ref.parse(found.number)) == found.number
    assert found.look_up == look_up_key(found.number.lower(), "0001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT child_name, guardian_name, phone FROM admissions_application")
        stored = b"".join(bytes(cell) for row in cursor.fetchall() for cell in row)
    assert "王".encode() not in stored
    assert b"13800000001" not in stored


def test_every_fault_comes_at_once_with_its_row(the_round: Round, li: User) -> None:
    batch = brought(
        the_round,
        li,
        WANG,
        "c9,赵一诺,2020-01-01,赵安,13800000003,,",
        "c3,周宁,2020-09-01,周和,13800000004,,",
        "c4,吴平,2019-08-31,吴清,13800000005,,",
        "c5,郑子,2019-08-31,郑远,13800000006,county 12,",
    )
    sentences = told(batch)
    assert batch.state == "refused"
    assert len(sentences) == 3
    for row, words in ((3, "no child"), (4, "too young"), (5, "deferral paper is needed")):
        assert any(f":{row}:" in one and words in one for one in sentences), sentences
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "row",
    ["c1,王小涵,2020-03-14,王大明,1380000,,", "c1,王小涵,2020-03-14,王大明,13800000001,,AP-1"],
)
def test_a_telephone_or_number_with_a_slip_is_refused(the_round: Round, li: User, row: str) -> None:
    assert brought(the_round, li, row).state == "refused"


def test_a_child_is_named_once_and_a_number_given_out_once(the_round: Round, li: User) -> None:
    imports.take_over(brought(the_round, li, WANG), li)
    number = Application.objects.get().number
    assert "has an application already" in told(brought(the_round, li, WANG))[0]
    assert "given out already" in told(brought(the_round, li, f"{LI}{number}"))[0]


def test_an_import_can_be_taken_back(the_round: Round, li: User) -> None:
    batch = brought(the_round, li, WANG, LI)
    imports.take_over(batch, li)
    imports.undo(batch, li)
    assert not Application.objects.exists()


def test_a_frozen_round_takes_no_names(li: User) -> None:
    the_round = builders.frozen(li, cast.wu())
    assert "roster is closed" in told(brought(the_round, li, WANG))[0]


def test_freezing_between_preview_and_take_over_is_noticed(li: User) -> None:
    the_round = builders.opened(li, cast.wu())
    batch = brought(the_round, li, WANG)
    builders.both("admissions.freeze", the_round, li, cast.wu(), input=the_round.input_id)
    with pytest.raises(Refused):
        imports.take_over(batch, li)
    assert not Application.objects.exists()


def test_the_list_shows_masks_and_leads_to_the_reason(the_round: Round, li: User) -> None:
    imports.take_over(brought(the_round, li, WANG), li)
    client = Client()
    client.force_login(li)
    address = reverse("admissions:roster", args=[the_round.pk])
    page = client.get(address).content.decode()
    exported = client.post(address)
    assert exported.headers["Content-Type"].startswith("application/vnd.openxml")
    book = openpyxl.load_workbook(io.BytesIO(exported.content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "王*涵" in page
    assert "138****0001" in page
    assert {"王*涵", "138****0001"} <= set(cells)
    for shown in (page, " ".join(cells)):
        assert "王小涵" not in shown
        assert "13800000001" not in shown
    one = Application.objects.get()
    reveal = reverse("accounts:reveal", args=["application", one.pk, "phone"])
    assert reveal in page
    assert "13800000001" not in client.get(reveal).content.decode()
    wu = Client()
    wu.force_login(cast.wu())
    assert wu.get(reveal).status_code == 404


def test_a_stranger_cannot_load_names(the_round: Round) -> None:
    client = Client()
    client.force_login(cast.qian())
    address = reverse("commons:import_start", args=[KIND])
    assert client.get(f"{address}?round={the_round.pk}").status_code == 404
    assert client.get(f"{address}?round=x").status_code == 404


def test_filling_without_a_file_gives_every_child_one_name(the_round: Round) -> None:
    def families(codes: object) -> list[dict[str, object]]:
        return [
            {
                "applicant_id": code,
                "child_name": "王安",
                "born_on": date(2020, 1, 1),
                "guardian_name": "王宁",
                "phone": "13800000000",
                "deferral_paper": "",
                "number": None,
            }
            for code in codes  # type: ignore[attr-defined]  # a list of codes
        ]

    assert facade.fill_roster(the_round.pk, families) == 7
    assert facade.fill_roster(the_round.pk, families) == 0
