"""Which column is what is data: a bureau's own version is read like ours, and slips are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.registry.files.national import BadMapping, version_for, versions

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
        '{ header = "a", field = "name" }, { header = "b", field = "name" }',
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, column: str) -> None:
    own = tmp_path / "own.toml"
    head = '[[version]]\nname = "x"\nsince = 2026\nsource = "x"\n'
    own.write_text(f"{head}columns = [{column}]\n", "utf-8")
    with pytest.raises(BadMapping):
        versions(str(own))
