"""Whatever is wrong with a round is told with file, row and column, everything at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.admissions.tests.files.builders import (
    RULES_SHEET,
    TOML,
    as_numbers,
    csv_files,
    tables,
    with_cell,
    xlsx_file,
)
from junheng.kernel.faults import Fault, Refused


def faults_in(files: Mapping[str, bytes] | Path, *, seed: str | None = None) -> list[Fault]:
    with pytest.raises(Refused) as refused:
        check(read_inputs(files), seed=seed)
    return refused.value.faults


def places(faults: list[Fault]) -> list[tuple[str, int | None, str]]:
    return [(f.file, f.row, f.column) for f in faults]


def test_the_small_round_is_right() -> None:
    the_round = check(read_inputs(csv_files(tables())))
    assert the_round.schools.seats.tolist() == [2, 2, 45]
    assert the_round.applicants.ids == ("a1", "a2", "b1", "b2", "c1", "d1")
    assert the_round.applicants.group.tolist() == [0, 0, -1, -1, -1, -1]
    assert the_round.applicants.choice.tolist() == [1, 0]
    assert the_round.zones.names == ("幸福里", "柳河村")


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "words"),
    [
        pytest.param("applicants", 4, "applicant_id", "a1", "already in row 2", id="duplicate id"),
        pytest.param("applicants", 4, "applicant_id", "", "blank", id="blank id"),
        pytest.param("applicants", 4, "applicant_id", 'a"1', "identifier", id="quote in id"),
        pytest.param("applicants", 4, "applicant_id", "a|1", "identifier", id="bar in id"),
        pytest.param("applicants", 4, "applicant_id", "a,1", "identifier", id="comma in id"),
        pytest.param("applicants", 4, "applicant_id", "a\u200b1", "identifier", id="invisible"),
        pytest.param("applicants", 4, "applicant_id", "x" * 65, "identifier", id="65 characters"),
        pytest.param(
            "applicants", 4, "applicant_id", "11010519491231002X", "ID number", id="ID number"
        ),
        pytest.param(
            "applicants", 4, "applicant_id", "4.3E+17", "stored as a number", id="4.3E+17"
        ),
        pytest.param("zones", 4, "school_id", "S9", "not in the table schools", id="zone's school"),
        pytest.param(
            "choices", 2, "school_id", "S9", "not in the table schools", id="chosen school"
        ),
        pytest.param("choices", 3, "school_id", "S2", "more than once", id="school chosen twice"),
        pytest.param("zones", 3, "school_id", "S1", "more than once", id="school twice in a zone"),
        pytest.param("applicants", 4, "sibling_school_id", "S8", "not in", id="sibling's school"),
        pytest.param("applicants", 4, "zone_id", "Z7", "not in the table zones", id="unknown zone"),
        pytest.param("zones", 3, "rank", "3", "no rank 2 before", id="rank gap in a zone"),
        pytest.param("choices", 3, "rank", "3", "no rank 2 before", id="rank gap in choices"),
        pytest.param("choices", 3, "rank", "0", "1 or more", id="rank 0"),
        pytest.param("choices", 3, "rank", "1.0", "1 or more", id="rank with a point"),
        pytest.param("applicants", 4, "tier", "0", "1 or more", id="tier 0"),
        pytest.param("applicants", 4, "tier", "", "blank", id="blank tier"),
        pytest.param("applicants", 4, "tier", "一", "1 or more", id="tier in words"),
        pytest.param("applicants", 4, "lon", "113.2", "outside the box", id="outside the box"),
        pytest.param("schools", 4, "lat", "39.9", "outside the box", id="school outside the box"),
        pytest.param("applicants", 4, "lon", "116°", "not a coordinate", id="degree sign"),
        pytest.param("applicants", 4, "lat", "136.4", "not a coordinate", id="beyond the pole"),
        pytest.param("applicants", 4, "lat", "", "Only one of lon and lat", id="half a coordinate"),
        pytest.param("schools", 2, "continuing", "5", "already taken", id="negative seats"),
        pytest.param("schools", 2, "classes", "-1", "0 or more", id="negative classes"),
        pytest.param("schools", 2, "class_size", "", "blank", id="blank class size"),
        pytest.param("schools", 2, "name", "两\n行", "line break", id="line break in a name"),
        pytest.param("schools", 2, "name", "城关\ufffd小", "damaged", id="damaged text"),
        pytest.param("applicants", 3, "zone_id", "Z2", "different zones", id="twins' zones"),
        pytest.param("applicants", 3, "tier", "2", "different tiers", id="twins' tiers"),
        pytest.param(
            "applicants", 3, "sibling_school_id", "S1", "different sibling", id="twins' sibling"
        ),
    ],
)
def test_one_wrong_cell_is_named(name: str, row: int, column: str, value: str, words: str) -> None:
    faults = faults_in(csv_files(with_cell(tables(), name, row, column, value)))
    assert [(f.file, f.row) for f in faults] == [(f"{name}.csv", row)]
    assert column in faults[0].column.split(",")
    assert words in faults[0].message + faults[0].fix
    assert faults[0].fix


def test_a_school_that_stands_twice_is_named() -> None:
    given = tables()
    given["schools"].append(given["schools"][1])
    assert places(faults_in(csv_files(given))) == [("schools.csv", 5, "school_id")]


def test_twins_who_choose_differently_are_named() -> None:
    given = tables()
    given["choices"].append(("a2", "1", "S2"))
    assert places(faults_in(csv_files(given))) == [("applicants.csv", 3, "group_id")]


def test_a_choice_of_nobody_is_named() -> None:
    given = tables()
    given["choices"].append(("x9", "1", "S2"))
    assert places(faults_in(csv_files(given))) == [("choices.csv", 4, "applicant_id")]


def test_a_name_that_is_nearly_right_is_guessed() -> None:
    given = with_cell(tables(), "schools", 2, "school_id", "SCHOOL-01")
    given = with_cell(given, "zones", 2, "school_id", "SCHOOL-O1")
    told = [str(f) for f in faults_in(csv_files(given))]
    assert any("SCHOOL-01”?" in line for line in told)


def test_every_fault_is_told_at_once_in_reading_order() -> None:
    given = with_cell(tables(), "schools", 3, "classes", "many")
    given = with_cell(given, "schools", 2, "continuing", "9")
    given = with_cell(given, "zones", 2, "rank", "2")
    given = with_cell(given, "applicants", 5, "tier", "x")
    given = with_cell(given, "applicants", 2, "lon", "0")
    given = with_cell(given, "applicants", 3, "lon", "0")
    given = with_cell(given, "choices", 3, "school_id", "nowhere")
    files = csv_files(given, toml=TOML.replace("2026\n", '"soon"\n').replace("55", "0"))
    assert places(faults_in(files)) == [
        ("round.toml", 3, "year"),
        ("round.toml", 5, "class_cap"),
        ("schools.csv", 3, "classes"),
        ("zones.csv", 2, "rank"),
        ("zones.csv", 3, "zone_id,rank"),
        ("applicants.csv", 2, "lon"),
        ("applicants.csv", 3, "lon"),
        ("applicants.csv", 5, "tier"),
        ("choices.csv", 3, "school_id"),
    ]


def test_one_fault_draws_no_others_after_it() -> None:
    """A cell that cannot be read is not also missing, uneven or out of place."""
    given = with_cell(tables(), "applicants", 2, "lon", "here")
    given = with_cell(given, "applicants", 3, "tier", "first")
    given = with_cell(given, "zones", 2, "rank", "one")
    given = with_cell(given, "schools", 2, "continuing", "-3")
    assert places(faults_in(csv_files(given))) == [
        ("schools.csv", 2, "continuing"),
        ("zones.csv", 2, "rank"),
        ("applicants.csv", 2, "lon"),
        ("applicants.csv", 3, "tier"),
    ]


# -------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param('ref = "2026-g1"', 'ref = "a|b"', (2, "ref"), id="bar in ref"),
        pytest.param("year = 2026", "year = 26.5", (3, "year"), id="year with a point"),
        pytest.param('"2026-g1"', "2026", (2, "ref"), id="ref as a number"),
        pytest.param('["tier", "sibling", "ticket"]', '"ticket"', (6, "priority"), id="no list"),
        pytest.param("bbox = [115.7", 'bbox = ["west"', (7, "bbox"), id="a corner in words"),
        pytest.param(
            "class_cap = 55", "class_cap = 55\nchoices_only = 1", (6, "choices_only"), id="1"
        ),
        pytest.param("[round]\n", "title = 1\n[round]\n", (1, "title"), id="outside a section"),
        pytest.param('level = "primary"', 'level = "middle"', (4, "level"), id="level"),
        pytest.param("class_cap = 55", "class_cap = true", (5, "class_cap"), id="cap is true"),
        pytest.param('"sibling", "ticket"', '"ticket", "sibling"', (6, "priority"), id="order"),
        pytest.param('"sibling", "ticket"', '"tier", "ticket"', (6, "priority"), id="tier twice"),
        pytest.param('"sibling", "ticket"', '"name", "ticket"', (6, "priority"), id="unknown key"),
        pytest.param("[115.7, 36.3", "[116.7, 36.3", (7, "bbox"), id="west beyond east"),
        pytest.param("[115.7, 36.3, ", "[115.7, ", (7, "bbox"), id="three corners"),
        pytest.param("hmac-sha256", "dice", (9, "method"), id="method"),
        pytest.param('"trial"', '""', (10, "seed"), id="no seed"),
        pytest.param('"trial"', '" trial"', (10, "seed"), id="seed with a blank before it"),
        pytest.param('"trial"', "7", (10, "seed"), id="seed as a number"),
        pytest.param('mode = "zone"', 'mode = "near"', (12, "mode"), id="mode"),
        pytest.param('mode = "zone"', "max_distance_m = 0", (12, "max_distance_m"), id="limit"),
        pytest.param('mode = "zone"', "max_distance = 9", (12, "max_distance"), id="misspelt rule"),
        pytest.param("[diversion]", "[diverson]", (12, "mode"), id="misspelt section"),
        pytest.param("hmac-sha256", "ring-interval", (10, "seed"), id="no ring seed"),
        pytest.param("year = 2026\n", "", (None, "year"), id="rule missing"),
        pytest.param("year = 2026", "year = soon", (3, ""), id="not TOML"),
    ],
)
def test_a_rule_that_cannot_stand_is_named(
    old: str, new: str, place: tuple[int | None, str]
) -> None:
    faults = faults_in(csv_files(tables(), toml=TOML.replace(old, new)))
    assert places(faults) == [("round.toml", *place)]
    assert faults[0].fix


@pytest.mark.parametrize("seed", ["0:3", "6:3", "1:0", "5", "-1:3", "1:2:3"])
def test_a_ring_must_have_the_place_that_is_drawn_first(seed: str) -> None:
    """Five stand on the ring: the twins count once."""
    toml = TOML.replace("hmac-sha256", "ring-interval").replace("trial", "5:3")
    assert check(read_inputs(csv_files(tables(), toml=toml))).rules.seed == "5:3"
    assert places(faults_in(csv_files(tables(), toml=toml), seed=seed)) == [
        ("round.toml", None, "seed")
    ]


def test_a_seed_given_beside_the_file_counts() -> None:
    toml = TOML.replace('seed = "trial"\n', "")
    assert check(read_inputs(csv_files(tables(), toml=toml)), seed="6-17").rules.seed == "6-17"


# ------------------------------------------------------------------------- files as a whole


def test_what_is_missing_is_named() -> None:
    assert places(faults_in({})) == [
        (name, None, "") for name in ("round.toml", "schools.csv", "zones.csv", "applicants.csv")
    ]


def test_an_empty_file_is_named() -> None:
    files = {**csv_files(tables()), "zones.csv": b"", "choices.csv": b"\xef\xbb\xbf\n"}
    faults = faults_in(files)
    assert ("zones.csv", None, "") in places(faults)
    assert ("choices.csv", None, "") in places(faults)
    assert all("empty" in f.message for f in faults if f.file in ("zones.csv", "choices.csv"))


def test_a_table_without_rows_is_named() -> None:
    given = tables()
    assert places(faults_in(csv_files({**given, "schools": given["schools"][:1]})))[0] == (
        "schools.csv",
        None,
        "",
    )


def test_every_missing_column_is_named() -> None:
    given = tables()
    short = [row[:3] for row in given["schools"]]
    faults = faults_in(csv_files({**given, "schools": short}))
    assert places(faults) == [
        ("schools.csv", 1, column)
        for column in ("lon", "lat", "classes", "class_size", "continuing", "reserved")
    ]


def test_a_column_in_other_letters_is_pointed_at() -> None:
    given = with_cell(tables(), "choices", 1, "rank", "Rank")
    assert "“Rank”" in faults_in(csv_files(given))[0].fix


def test_a_repeated_column_is_named() -> None:
    given = with_cell(tables(), "schools", 1, "township", "name")
    told = faults_in(csv_files(given))
    assert ("schools.csv", 1, "name") in places(told)
    assert any("2 times" in f.message for f in told)


def test_a_ragged_row_is_named() -> None:
    files = csv_files(tables())
    files["choices.csv"] += b"b1,1\nb1,2,S1,extra\n"
    assert places(faults_in(files)) == [("choices.csv", 4, ""), ("choices.csv", 5, "")]


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    files = csv_files(tables())
    files["choices.csv"] += b'b1,1,"S1\n'
    assert places(faults_in(files)) == [("choices.csv", 4, "")]


def test_columns_nobody_knows_are_ignored_but_listed() -> None:
    given = tables()
    given["choices"] = [(*row, "said by telephone") for row in given["choices"]]
    given["choices"][0] = (*given["choices"][0][:3], "remark")
    inputs = read_inputs(csv_files(given))
    assert inputs.unknown_columns == {"choices": ("remark",)}
    assert check(inputs).applicants.choice.tolist() == [1, 0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("school_id,name\nS1,一小\n".encode("utf-16"), id="UTF-16"),
        pytest.param("school_id,name\nS1,一小\n".encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param("school_id,name\nS1,第一國民小學附設幼兒園\n".encode("big5"), id="Big5"),
        pytest.param("school_id,name\nS1,Ñuñoa é\n".encode("latin-1"), id="Latin-1"),
        pytest.param("school_id,name\nS1,小学校の名前です\n".encode("shift-jis"), id="Shift-JIS"),
        pytest.param(b"school_id,name\nS1,\xff\xfe\x80\n", id="no encoding at all"),
    ],
)
def test_an_unknown_encoding_is_named(content: bytes) -> None:
    faults = faults_in({**csv_files(tables()), "schools.csv": content})
    assert places(faults)[0][0] == "schools.csv"
    assert "neither UTF-8 nor GB18030" in faults[0].message


def test_semicolons_are_recognised() -> None:
    files = csv_files(tables())
    files["choices.csv"] = files["choices.csv"].replace(b",", b";")
    assert all("“;”" in f.fix for f in faults_in(files))


def test_a_file_that_is_too_big_is_not_opened(tmp_path: Path) -> None:
    for name, content in csv_files(tables()).items():
        (tmp_path / name).write_bytes(content)
    with (tmp_path / "applicants.csv").open("r+b") as file:
        file.truncate(200 * 2**20)
    faults = faults_in(tmp_path)
    assert places(faults) == [("applicants.csv", None, "")]
    assert "200 MB; at most 150 MB" in faults[0].message


def test_a_file_of_another_name_is_named() -> None:
    files = csv_files(tables())
    files["pupils.csv"] = files.pop("applicants.csv")
    assert ("pupils.csv", None, "") in places(faults_in(files))


# ------------------------------------------------------------------------------- workbooks


def test_a_missing_sheet_is_named() -> None:
    given = tables()
    del given["zones"]
    assert places(faults_in(xlsx_file(given))) == [("round.xlsx/zones", None, "")]


def test_a_formula_is_named_with_its_cell() -> None:
    given = with_cell(tables(), "schools", 3, "classes", "=1+1")
    given = with_cell(given, "applicants", 4, "applicant_id", "=B2&C2")
    told = faults_in(xlsx_file(given))
    assert ("round.xlsx/schools", 3, "classes") in places(told)
    assert ("round.xlsx/applicants", 4, "applicant_id") in places(told)
    assert all("formula" in f.message for f in told)


def test_an_identifier_stored_as_a_number_is_refused_not_repaired() -> None:
    given = as_numbers(tables())
    given["applicants"][3] = (430121201701011234, *given["applicants"][3][1:])
    given["zones"][1] = (101, *given["zones"][1][1:])
    told = faults_in(xlsx_file(given))
    assert ("round.xlsx/applicants", 4, "applicant_id") in places(told)
    assert ("round.xlsx/zones", 2, "zone_id") in places(told)
    assert any("stored as a number" in f.message for f in told)


def test_a_date_and_an_error_value_are_named() -> None:
    from datetime import date

    given = as_numbers(tables())
    given["choices"][1] = (given["choices"][1][0], date(2026, 1, 2), "S2")
    given["choices"][2] = (given["choices"][2][0], 2.0, "#N/A")
    told = {f.row: f.message for f in faults_in(xlsx_file(given))}
    assert "date" in told[2]
    assert "error value" in told[3]


def test_a_rule_in_the_sheet_is_named_with_its_row() -> None:
    rules = [("key", "value"), *RULES_SHEET[1:3], ("level", "middle"), *RULES_SHEET[4:]]
    assert places(faults_in(xlsx_file(tables(), rules=rules))) == [("round.xlsx/round", 4, "level")]
    twice = [*RULES_SHEET, ("round.year", "2027")]
    assert places(faults_in(xlsx_file(tables(), rules=twice))) == [("round.xlsx/round", 11, "year")]


def test_rules_in_a_sheet_may_name_their_section_and_be_left_blank() -> None:
    rules = [
        *RULES_SHEET[:6],
        ("round.choices_only", "TRUE"),
        ("max_distance_m", ""),
        *RULES_SHEET[7:],
    ]
    read = check(read_inputs(xlsx_file(tables(), rules=rules))).rules
    assert (read.choices_only, read.max_distance_m, read.bbox) == (True, None, None)


def test_a_sheet_of_rules_that_is_none_is_named() -> None:
    rules = [("rule", "value"), *RULES_SHEET[1:6], ("bbox", "west, south"), *RULES_SHEET[7:]]
    assert places(faults_in(xlsx_file(tables(), rules=rules))) == [("round.xlsx/round", 1, "key")]
    words = [("key", "value"), *rules[1:]]
    assert places(faults_in(xlsx_file(tables(), rules=words))) == [("round.xlsx/round", 7, "bbox")]


def test_what_is_given_twice_is_named() -> None:
    both = {**csv_files(tables()), **xlsx_file(tables())}
    told = places(faults_in(both))
    assert ("round.xlsx/round", None, "") in told
    assert ("zones.csv", None, "") in told  # files are taken by name, the workbook came first
    mixed = xlsx_file({"schools": tables()["schools"], "zones": tables()["zones"]})
    rest = {"applicants.csv": csv_files(tables())["applicants.csv"]}
    assert check(read_inputs({**mixed, **rest})).rules.ref == "2026-g1"


def test_only_the_files_of_a_round_are_read_from_a_folder(tmp_path: Path) -> None:
    for name, content in csv_files(tables()).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "~$round.xlsx").write_bytes(b"an open workbook's lock")
    (tmp_path / "notes.txt").write_bytes(b"call the school")
    (tmp_path / "distances.csv").mkdir()
    assert check(read_inputs(tmp_path)).rules.ref == "2026-g1"
    with pytest.raises(FileNotFoundError):
        read_inputs(tmp_path / "nowhere")


def test_a_code_of_eighteen_digits_need_not_be_an_id_number() -> None:
    for code in ("110105194913310021", "110105194912310021", "012345678901234567"):
        given = with_cell(tables(), "applicants", 7, "applicant_id", code)
        assert code in check(read_inputs(csv_files(given))).applicants.ids


def test_with_many_unknown_names_nothing_is_guessed() -> None:
    given = tables()
    given["choices"] += [("d1", str(i + 1), f"S1{i:02d}") for i in range(30)]
    told = faults_in(csv_files(given))
    assert len(told) == 30
    assert not [f for f in told if "?" in f.fix]


def test_a_bad_sheet_does_not_hide_the_faults_of_the_others() -> None:
    given = with_cell(tables(), "applicants", 4, "tier", "0")
    given["zones"] = []
    rules = [*RULES_SHEET, ("round.year", "2027")]
    assert places(faults_in(xlsx_file(given, rules=rules))) == [
        ("round.xlsx/round", 11, "year"),
        ("round.xlsx/zones", None, ""),
        ("round.xlsx/applicants", 4, "tier"),
    ]


def test_a_cell_far_outside_does_not_fill_the_memory() -> None:
    def far_away(book: object) -> None:
        book["schools"]["XFD1048576"] = "x"  # type: ignore[index]  # openpyxl has no types

    told = faults_in(xlsx_file(tables(), change=far_away))
    assert told[0].file == "round.xlsx/schools"
    assert "1048576" in told[0].message


def _zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, content)
    return out.getvalue()


BOMB = _zipped("xl/workbook.xml", bytes(600 * 2**20))


def _lying(bomb: bytes) -> bytes:
    """The same bomb with a directory that claims a thousand bytes."""
    return bomb.replace((600 * 2**20).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(BOMB, "unpack", id="zip bomb"),
        pytest.param(_lying(BOMB), "unpack", id="zip bomb that lies about its size"),
        pytest.param(b"PK\x03\x04 and nothing else", "not a readable", id="cut off"),
        pytest.param(b"\xd0\xcf\x11\xe0 old or locked", "password", id="locked"),
        pytest.param(b"applicant_id,zone_id\n", "not a readable", id="text named .xlsx"),
        pytest.param(_zipped("a.txt", b"hello"), "not a readable", id="some other zip"),
        pytest.param(
            _zipped("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
            "not a readable",
            id="entities",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, words: str) -> None:
    faults = faults_in({"round.xlsx": content})
    assert places(faults) == [("round.xlsx", None, "")]
    assert words in faults[0].message
