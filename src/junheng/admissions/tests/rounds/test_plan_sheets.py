"""The plan as a table: out, changed, in again; every fault with its row, a batch taken back."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import PlanBatch, PlannedIntake, Round
from junheng.admissions.services import planning, steps
from junheng.admissions.services.plan_sheets import KIND, PlanImporter
from junheng.admissions.tests.rounds import builders
from junheng.commons import import_reports, imports
from junheng.commons.imports import CannotUndo
from junheng.commons.models import ExportLog, ImportBatch

HEAD = "school_id,classes,class_size,continuing,reserved"


@pytest.fixture
def planned(li: User) -> Round:
    the_round = builders.loaded(li)
    planning.begin_plan(the_round, by=li)
    return the_round


def brought(the_round: Round, li: User, *rows: str, head: str = HEAD) -> ImportBatch:
    data = "\n".join([head, *rows, ""]).encode()
    target = {"round": str(the_round.pk)}
    return imports.receive(PlanImporter(), data, name="plan.csv", target=target, by=li)


def told(batch: ImportBatch) -> list[str]:
    return [
        f"{one.row} {one.column}: {one.message}" for one in import_reports.report_of(batch).faults
    ]


def figures(the_round: Round) -> dict[str, tuple[int, ...]]:
    names = ("code", "classes", "class_size", "continuing", "reserved", "seats")
    return {code: tuple(rest) for code, *rest in the_round.plan.values_list(*names)}


def window(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def exported(the_round: Round, user: User) -> openpyxl.worksheet.worksheet.Worksheet:
    answer = window(user).get(reverse("admissions:export_plan", args=[the_round.pk]))
    return openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]


def test_a_table_changes_the_schools_it_names_and_no_other(planned: Round, li: User) -> None:
    imports.write(brought(planned, li, "school-1,2,45,3,1", "school-2,1,4,,"))
    assert figures(planned) == {
        "school-1": (2, 45, 3, 1, 86),
        "school-2": (1, 4, 1, 0, 3),
        "school-3": (1, 1, 0, 0, 1),
    }
    line = planned.acts.latest("pk")
    assert (line.deed, line.by, line.figures) == ("planned", li, {"schools": 1, "file": "plan.csv"})


def test_a_table_begins_a_plan_with_schools_that_are_known(li: User) -> None:
    the_round = builders.loaded(li)
    imports.write(brought(the_round, li, "school-1,2,50,,"))
    row = the_round.plan.get()
    assert (row.name, row.township, row.seats, row.path) == (
        "Chengguan Primary",
        "Chengguan Township",
        100,
        row.path,
    )
    assert row.path.startswith(the_round.path)


def test_what_leaves_comes_back_as_it_was_changed(planned: Round, li: User) -> None:
    sheet = exported(planned, li)
    (head, *rows) = list(sheet.iter_rows(values_only=True))
    at = {str(name): place for place, name in enumerate(head)}
    first = next(number for number, row in enumerate(rows, 2) if row[0] == "school-1")
    sheet.cell(first, at["Classes"] + 1, 3)
    out = io.BytesIO()
    assert sheet.parent is not None
    about = sheet.parent.worksheets[1]
    assert str(about["A2"].value).startswith("Exported by Li on ")
    sheet.parent.save(out)
    target = {"round": str(planned.pk)}
    batch = imports.receive(PlanImporter(), out.getvalue(), name="plan.xlsx", target=target, by=li)
    assert (told(batch), import_reports.report_of(batch).unread) == ([], ())
    imports.write(batch)
    assert figures(planned)["school-1"] == (3, 2, 0, 0, 6)
    assert [one["code"] for one in PlanBatch.objects.get().done] == ["school-1"]
    assert ExportLog.objects.get().rows == 3


def test_a_school_takes_away_its_own_row(planned: Round) -> None:
    (_head, *rows) = list(exported(planned, cast.wang()).iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["school-1"]


def test_every_fault_comes_with_its_row(planned: Round, li: User) -> None:
    batch = brought(
        planned,
        li,
        "school-1,0,45,1,0",
        "school-9,1,45,0,0",
        "school-2,1,0,0,0",
        "school-3,many,45,0,0",
    )
    assert batch.state == "refused"
    assert told(batch) == [
        "4 class_size: 0 is not between 1 and 999.",
        "5 classes: “many” is not a whole number.",
    ]
    batch = brought(planned, li, "school-1,0,45,1,0", "school-9,1,45,0,0")
    assert told(batch) == [
        "2 classes: 0 classes have 0 seats; 1 are taken already.",
        "3 school_id: There is no school “school-9” in the plan, the files or the register.",
    ]
    address = reverse("commons:import_errors", args=[batch.pk])
    assert openpyxl.load_workbook(io.BytesIO(window(li).get(address).content)).active is not None
    assert figures(planned)["school-1"] == (1, 2, 0, 0, 2)


def test_classes_above_the_cap_count_as_the_cap(planned: Round, li: User) -> None:
    imports.write(brought(planned, li, "school-1,1,60,0,0"))
    assert figures(planned)["school-1"][-1] == 55


def test_a_batch_is_taken_back_row_by_row(li: User) -> None:
    the_round = builders.loaded(li)
    imports.write(brought(the_round, li, "school-1,1,45,0,0"))
    batch = brought(the_round, li, "school-1,2,45,0,0", "school-2,3,45,0,0")
    imports.write(batch)
    imports.undo(batch, li)
    assert figures(the_round) == {"school-1": (1, 45, 0, 0, 45)}


def test_what_was_changed_since_is_not_taken_back(planned: Round, li: User) -> None:
    batch = brought(planned, li, "school-1,2,45,0,0", "school-2,3,45,0,0")
    imports.write(batch)
    planning.change_row(
        planned, "school-2", by=li, classes=4, class_size=45, continuing=0, reserved=0
    )
    with pytest.raises(CannotUndo, match="Changed again since: school-2"):
        imports.undo(batch, li)
    assert figures(planned)["school-1"][0] == 2


def test_an_announced_plan_is_neither_written_over_nor_taken_back(li: User) -> None:
    the_round = builders.loaded(li)
    planning.begin_plan(the_round, by=li)
    done = brought(the_round, li, "school-1,1,2,0,0", "school-3,1,2,0,1")
    imports.write(done)
    late = brought(the_round, li, "school-1,9,45,0,0")
    builders.named(the_round, li, after=timedelta(days=1))
    builders.both(steps.OPEN, the_round, li, cast.wu())
    before = figures(the_round)
    with pytest.raises(Exception, match="announced with the opening"):
        imports.write(late)
    with pytest.raises(CannotUndo, match="announced with the opening"):
        imports.undo(done, li)
    assert told(brought(the_round, li, "school-1,9,45,0,0")) == [
        "2 school_id: The plan was announced with the opening, so it stays."
    ]
    assert figures(the_round) == before


def test_only_the_officer_of_the_county_brings_a_plan(planned: Round, li: User) -> None:
    importer = imports.importer_of(KIND)
    assert importer is not None
    target = {"round": str(planned.pk)}
    others = (cast.qian(), cast.wang(), cast.zheng(), cast.wu())
    assert [importer.may(one, target) for one in (li, *others)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert not importer.may(li, {"round": "x"})


def test_the_page_leads_to_both_ways(planned: Round, li: User) -> None:
    shown = window(li).get(reverse("admissions:plan", args=[planned.pk])).content.decode()
    assert reverse("admissions:export_plan", args=[planned.pk]) in shown
    assert f"{reverse('commons:import_start', args=[KIND])}?round={planned.pk}" in shown
    started = window(li).get(reverse("commons:import_start", args=[KIND]), {"round": planned.pk})
    assert planned.ref in started.content.decode()


def test_what_a_table_did_never_changes(planned: Round, li: User) -> None:
    imports.write(brought(planned, li, "school-1,2,45,0,0"))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PlanBatch.objects.update(done=[])
    assert PlannedIntake.objects.filter(round=planned).count() == 3
