"""The glossary accepts and rejects what it says it does."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from tools import glossary
from tools.glossary import Term

TERMS = glossary.load()
BANNED = glossary.banned_words(TERMS)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(glossary).failed == 0


def test_the_entries_agree_with_each_other() -> None:
    assert list(glossary.odd_entries(TERMS)) == []


@pytest.mark.parametrize("code", glossary.ACCEPTED)
def test_a_line_that_speaks_our_language(code: str) -> None:
    assert list(glossary.odd_identifiers(code, "a.py", BANNED)) == []


@pytest.mark.parametrize("code", glossary.REJECTED)
def test_a_line_that_does_not(code: str) -> None:
    (said,) = glossary.odd_identifiers(code, "a.py", BANNED)
    assert said.startswith("a.py:1: ")
    assert said.endswith("we say pupil")


@pytest.mark.parametrize("name", glossary.NAMES_ACCEPTED)
def test_a_name_put_together_from_entries(name: str) -> None:
    assert list(glossary.odd_names({"room.Table": name}, TERMS)) == []


@pytest.mark.parametrize("name", glossary.NAMES_REJECTED)
def test_a_name_that_nobody_explained(name: str) -> None:
    (said,) = glossary.odd_names({"room.Table": name}, TERMS)
    assert said.startswith("room.Table: ")


def test_an_entry_of_two_words_is_not_two_entries() -> None:
    terms = [Term("x", "class_cap", "…"), Term("y", "school", "…")]
    assert glossary.is_composed("class caps of a school", terms)
    assert not glossary.is_composed("class of a school", terms)


def test_the_catalogue_uses_the_word_of_the_glossary() -> None:
    terms = [Term("学位", "seat", "…"), Term("学校", "school", "…")]
    chinese = {"seat": "座位", "school": "学校", "lamp": "灯"}
    (said,) = glossary.odd_chinese(["seat", "school", "lamp", "class"], chinese, terms)
    assert said == "'seat' is 学位 in the glossary and 座位 in the catalogue"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([Term("a", "one", "…"), Term("b", "one", "…")], "one stands there twice"),
        ([Term("a", "one", "…"), Term("a", "two", "…")], "a stands there twice"),
        (
            [Term("a", "one", "…", banned=("two",)), Term("b", "two", "…")],
            "two is banned by one and used by another entry",
        ),
    ],
)
def test_entries_that_contradict_each_other(terms: list[Term], said: str) -> None:
    assert list(glossary.odd_entries(terms)) == [f"glossary: {said}"]


def test_a_key_nobody_knows_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text('[[term]]\nzh = "a"\nidentifier = "b"\ndefinition = "c"\ncolour = "d"\n')
    with pytest.raises(TypeError, match="colour"):
        glossary.load(file)


def test_the_page_has_a_line_for_each_entry() -> None:
    written = glossary.page(TERMS)
    rows = [line for line in written.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(TERMS)
    assert "| 学位 | `seat` |" in written


def test_every_table_is_looked_at() -> None:
    names = glossary.table_names()
    assert names["places.Place"] == "place"
    assert not any(table.endswith("Event") for table in names)
