"""A pupil is found by the beginning of the name or of its initials, and by nothing in between."""

from __future__ import annotations

import pytest

from junheng.registry.engine.search_keys import Key, asked, initials_of, is_found_by, keys_of

ZENG, QIN, YUCHI = "\u66fe\u4e00\u8bfa", "\u8983\u96e8", "\u5c09\u8fdf\u5b89"
LONG = "\u963f\u4f9d\u53e4\u4e3d\u00b7\u4e70\u4e70\u63d0"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        pytest.param(ZENG, ["zyn"], id="a surname that is read otherwise"),
        pytest.param(QIN, ["qy", "ty"], id="a surname that is read in two ways"),
        pytest.param(YUCHI, ["yca"], id="a surname of two characters"),
        pytest.param("Anna B", ["annab"], id="letters"),
        pytest.param("", [""], id="nobody"),
    ],
)
def test_initials(name: str, letters: list[str]) -> None:
    assert initials_of(name.replace(" ", "").lower()) == letters


def test_every_key_has_a_part_of_its_own() -> None:
    keys = keys_of(QIN)
    assert [key.text for key in keys.values()] == [QIN[0], QIN, "q", "qy", "t", "ty"]
    assert list(keys) == [1, 2, 11, 12, 21, 22]
    assert keys_of("") == {}


def test_dots_and_blanks_make_no_difference_and_long_names_are_cut() -> None:
    assert [key.text for key in keys_of(LONG).values()][3] == LONG[:4]
    assert asked(f" {LONG} ") == Key("n", LONG[:4])
    assert is_found_by(LONG, LONG.replace("\u00b7", ""))
    assert not is_found_by(LONG, LONG[:4] + "x")


def test_what_was_asked_is_a_name_or_initials_or_nothing() -> None:
    assert asked("ZYn") == Key("i", "zyn")
    assert asked(ZENG[:1]) == Key("n", ZENG[:1])
    assert asked(" \u00b7 ") is None
    assert is_found_by(QIN, "ty")
    assert not is_found_by(QIN, "y")
