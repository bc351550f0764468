"""The workbook in modes open and grade: the same round as its CSV files, and faults by sheet."""

from __future__ import annotations

import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.layout import LAYOUTS
from junheng.admissions.files.read import read_inputs
from junheng.admissions.services.workbooks import Template, template_workbook
from junheng.admissions.tests.files.builders import (
    RULES_SHEET,
    Tables,
    as_numbers,
    csv_files,
    tables,
    xlsx_file,
)
from junheng.admissions.tests.files.test_modes import (
    GRADE,
    MOVES,
    OPEN,
    RANKED,
    done,
    faults,
    given,
    silent,
)

TWO_SHEET = [row for row in RULES_SHEET if row[0] != "diversion.mode"] + [("version", "2")]
OPEN_SHEET = [*TWO_SHEET, ("mode", "open"), ("silence", "nearest"), ("unranked", "decline")]
GRADE_SHEET = [*TWO_SHEET, ("mode", "grade")]
OFFERS = [RANKED, ("c1", "1", "S3")]


def written(files: dict[str, bytes]) -> dict[str, bytes]:
    return done(files).files(silent)


def same_in_both(more: Tables, toml: str, sheet: list[tuple[str, str]]) -> dict[str, bytes]:
    result = written(csv_files(more, toml=toml))
    assert written(xlsx_file(as_numbers(more), rules=sheet)) == result
    assert written(xlsx_file(more, rules=sheet)) == result
    return result


def test_offers_and_answers_are_the_same_round_in_a_workbook() -> None:
    asked = done(csv_files(given(offers=OFFERS), toml=OPEN))
    result = same_in_both(given(offers=OFFERS), OPEN, OPEN_SHEET)
    first = asked.first_run(result)
    answered = given(offers=OFFERS, offer_choices=[RANKED, ("c1", "1", "S3")])
    second = same_in_both(
        answered, f'{OPEN}first_run = "{first}"\n', [*OPEN_SHEET, ("diversion.first_run", first)]
    )
    assert "\nc1,S3,offered,," in second["placements.csv"].decode()


def test_moves_are_the_same_round_in_a_workbook() -> None:
    result = same_in_both(given(grade_moves=[MOVES, ("S1", "S3")]), GRADE, GRADE_SHEET)
    assert ",S3,moved," in result["placements.csv"].decode()


def test_faults_of_the_new_sheets_are_told_by_sheet_row_and_column() -> None:
    more = given(
        offers=[RANKED, ("c1", "1", "S9"), ("x1", "1", "S3"), ("d1", "2", "S3")],
        offer_choices=[RANKED, ("c1", "1", "S3"), ("c1", "2", "S3")],
    )
    sheet = [*OPEN_SHEET, ("first_run", "0" * 64)]
    assert faults(xlsx_file(as_numbers(more), rules=sheet)) == [
        ("round.xlsx/offers", 2, "school_id"),
        ("round.xlsx/offers", 3, "applicant_id"),
        ("round.xlsx/offers", 4, "rank"),
        ("round.xlsx/offer_choices", 3, "school_id"),
    ]
    rows = [MOVES, ("S1", "S1"), ("S1", "S9"), ("S9", "S1")]
    assert faults(xlsx_file(given(grade_moves=rows), rules=GRADE_SHEET)) == [
        ("round.xlsx/grade_moves", 2, "host_id"),
        ("round.xlsx/grade_moves", 3, "host_id"),
        ("round.xlsx/grade_moves", 4, "school_id"),
    ]


def test_a_sheet_of_moves_that_is_missing_is_called_a_sheet() -> None:
    assert faults(xlsx_file(tables(), rules=GRADE_SHEET)) == [("round.xlsx/grade_moves", None, "")]


def test_a_sheet_of_another_mode_is_not_ignored() -> None:
    more = given(offers=OFFERS)
    assert ("round.xlsx/offers", None, "") in faults(xlsx_file(more, rules=RULES_SHEET))


def test_rules_of_the_sheet_that_are_wrong_have_their_row() -> None:
    sheet = [*TWO_SHEET, ("mode", "open"), ("silence", "yes"), ("unranked", "last")]
    assert faults(xlsx_file(tables(), rules=sheet)) == [
        ("round.xlsx/round", len(sheet) - 1, "silence"),
        ("round.xlsx/round", len(sheet), "unranked"),
    ]


@pytest.mark.parametrize("template", list(Template))
def test_a_workbook_to_fill_in_has_every_sheet_of_its_mode_and_can_be_read(
    template: Template,
) -> None:
    inputs = read_inputs({"filled.xlsx": template_workbook(template)})
    assert inputs.rules is not None
    inputs.rules = inputs.rules.with_seed("trial")
    assert list(check(inputs).applicants.ids) == ["7f3a9c01d2e4b658"]
    mode = inputs.as_toml()["diversion"]["mode"]
    for name, layout in LAYOUTS.items():
        if name in inputs.tables:
            assert tuple(inputs.tables[name].columns) == tuple(layout.columns)
    new = {name for name in inputs.tables if LAYOUTS[name].modes}
    assert (
        new
        == {
            Template.ZONE: set(),
            Template.OPEN: {"offers"},
            Template.ANSWERS: {"offers", "offer_choices"},
            Template.GRADE: {"grade_moves"},
        }[template]
    )
    assert all(mode in LAYOUTS[name].modes for name in new)
