"""Which column is what is data: a bureau's own version is read like ours, and slips are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.registry.files.national import BadMapping, version_for, versions
from junheng.registry.services.importing.pupil_columns import newest

OWN = """
[[version]]
name = "ours"
since = 2026
source = "the province's template"
columns = [
  { header = "XM", field = "name", required = true },
  { header = "SFZJH", field = "resident_id", kind = "identifier" },
]
"""


def test_every_field_of_ours_is_mapped_once_and_the_basis_is_said() -> None:
    (ours,) = versions()
    assert len({column.name for column in ours.read}) == len(ours.read)
    assert "not compared" in ours.source
    assert len(ours.columns) > len(ours.read)


def test_the_newest_version_that_fits_is_taken(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, "utf-8")
    assert version_for(["XM", "more"], str(own)).name == "ours"
    ours = versions()[0]
    headers = [column.header for column in ours.columns]
    assert version_for(headers, str(own)).name == ours.name
    assert version_for(["neither"], str(own)).name == "ours"


@pytest.mark.parametrize(
    "column",
    [
        '{ header = "a", field = "shoe_size" }',
        '{ header = "a", field = "name", kind = "poem" }',
        '{ header = "a", table = "shoe_sizes" }',
        '{ header = "a", field = "name" }, { header = "b", field = "name" }',
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, column: str) -> None:
    own = tmp_path / "own.toml"
    head = '[[version]]\nname = "x"\nsince = 2026\nsource = "x"\n'
    own.write_text(f"{head}columns = [{column}]\n", "utf-8")
    with pytest.raises(BadMapping):
        versions(str(own))


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("boarder", "2", "boarder"),
        ("boarder", "2-住校", "boarder"),
        ("boarder", "住宿", "boarder"),
        ("boarder", "走读", ""),
        ("left_behind", "双亲留守儿童", "left_behind"),
        ("id_kind", "A-护照", "foreign"),
        ("id_kind", "居民身份证", "resident"),
    ],
)
def test_a_word_is_read_by_code_by_name_and_by_both(field: str, written: str, meant: str) -> None:
    column = next(one for one in newest() if one.name == field)
    assert column.choices is not None
    assert written in column.choices
    assert column.choices[written] == meant


def test_a_word_that_the_table_does_not_have_is_none() -> None:
    column = next(one for one in newest() if one.name == "boarder")
    assert column.choices is not None
    assert "3" not in column.choices
