"""Codes of standards are read as offices write them, and nothing else passes for one."""

from __future__ import annotations

import pytest

from junheng.kernel.codes import keys, table

HAN, FEMALE, FATHER = "\u6c49", "\u5973", "\u7236\u4eb2"


def test_the_tables_are_whole() -> None:
    assert len(table("ethnicity").entries) == 58
    assert set(table("sex").entries) == {"0", "1", "2", "9"}
    assert len(set(table("relation").entries)) == len(table("relation").entries)


@pytest.mark.parametrize(
    ("key", "written", "code"),
    [
        ("sex", "2", "2"),
        ("sex", FEMALE, "2"),
        ("sex", f"2-{FEMALE}", "2"),
        ("ethnicity", HAN, "01"),
        ("ethnicity", f"{HAN}\u65cf", "01"),
        ("ethnicity", "1", "01"),
        ("relation", FATHER, "51"),
        ("relation", "Father", "51"),
        ("relation", "510", None),
        ("sex", "", None),
    ],
)
def test_a_code_is_known_by_number_and_by_name(key: str, written: str, code: str | None) -> None:
    assert table(key).read(written) == code


@pytest.mark.parametrize(
    ("key", "written", "code"),
    [
        ("school_type", "312", "312"),
        ("school_type", "312-九年一贯制学校", "312"),
        ("school_type", "Teaching point", "218"),
        ("place_class", "村庄", "220"),
        ("place_class", "211", None),
        ("change_of_numbers", "28", "28"),
        ("change_of_record", "转班级", "29"),
        ("disability", "听力残疾", "2"),
        ("country", "CHN", "CHN"),
        ("division", "110105", "110105"),
    ],
)
def test_codes_of_schools_places_and_changes_are_read(
    key: str, written: str, code: str | None
) -> None:
    assert table(key).read(written) == code


def test_divisions_are_those_of_their_year() -> None:
    """Chongwen was joined to Dongcheng in 2010: its code is gone since."""
    before, after = table("division", 2010), table("division")
    assert (before.name("110103"), after.name("110103")) == ("崇文区", "110103")
    assert before.name("130502") != after.name("130502")
    assert (len(before.entries), len(after.entries)) == (3524, 3210)
    for one in (before, after):
        assert all(len(code) == 6 and code.isdigit() for code in one.entries)


def test_every_table_says_what_it_was_written_down_from() -> None:
    for key in keys():
        assert table(key).source
        assert all(entry.zh and entry.en for entry in table(key).entries.values())


def test_a_code_with_a_letter_or_a_leading_zero_is_read_as_it_stands() -> None:
    assert table("identity_paper").read("A") == "A"
    assert table("from_outside").read("00") == table("from_outside").read("\u5426") == "00"
    assert table("health").name("30", "en") == "Chronic illness"


def test_names_come_in_both_languages_and_unknown_codes_stay() -> None:
    assert (table("sex").name("2"), table("sex").name("2", "en-gb")) == (FEMALE, "Female")
    assert table("sex").name("7") == "7"


def test_a_year_before_the_first_version_has_no_table() -> None:
    assert table("sex", 2010).standard == "GB/T 2261.1-2003"
    with pytest.raises(KeyError, match="1980"):
        table("sex", 1980)
