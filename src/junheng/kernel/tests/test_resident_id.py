"""Identity numbers: what is wrong is said, what is right is not shown by accident.

All numbers here are invented: division codes from 99 are given to no place.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.resident_id import (
    NotResidentId,
    ResidentId,
    Sex,
    WrongBirthDate,
    WrongCharacter,
    WrongCheck,
    WrongLength,
)
from tests.examples import examples

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(born: date, serial: int, division: str = "990100") -> str:
    """An invented number, with its check character after the standard's table."""
    body = f"{division}{born:%Y%m%d}{serial:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


numbers = st.builds(number, st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(1, 999))


@examples()
@given(numbers)
def test_a_number_made_after_the_standard_is_accepted(text: str) -> None:
    someone = ResidentId.parse(text)
    assert someone.number == text
    assert someone.division == "990100"
    assert someone.birth_date.strftime("%Y%m%d") == text[6:14]
    assert (someone.sex is Sex.MALE) == (text[16] in "13579")


@examples()
@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(text: str, at: int, shift: int) -> None:
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    with pytest.raises(NotResidentId):
        ResidentId.parse(wrong)


@examples()
@given(numbers)
def test_it_is_never_shown_by_accident(text: str) -> None:
    someone = ResidentId.parse(text)
    for shown in (str(someone), repr(someone), f"{someone}", f"{[someone]}"):
        assert text not in shown
        assert text[4:14] not in shown


WITH_X = next(
    text for serial in range(999) if (text := number(date(2019, 8, 31), serial)).endswith("X")
)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(WITH_X.lower(), id="a small x"),
        pytest.param(f" {WITH_X} ", id="white space around it"),
        pytest.param("".join(chr(ord(c) + 0xFEE0) for c in WITH_X), id="full width"),
    ],
)
def test_spelling_is_no_obstacle(written: str) -> None:
    assert ResidentId.parse(written).number == WITH_X


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        pytest.param("", WrongLength, id="blank"),
        pytest.param(WITH_X[:-1], WrongLength, id="17 characters"),
        pytest.param("990100190831001", WrongLength, id="the old form is not taken for the new"),
        pytest.param("X" + WITH_X[1:], WrongCharacter, id="a letter in front"),
        pytest.param(WITH_X[:-1] + "Y", WrongCharacter, id="another letter at the end"),
        pytest.param("²" + WITH_X[1:-1] + "٣", WrongCharacter, id="digits of other scripts"),
        pytest.param("990100201902290012", WrongBirthDate, id="29 February in a common year"),
        pytest.param("990100201913010012", WrongBirthDate, id="a thirteenth month"),
        pytest.param("990100000001010012", WrongBirthDate, id="the year 0"),
        pytest.param(WITH_X[:-1] + "1", WrongCheck, id="another check character"),
    ],
)
def test_the_refusal_says_why_and_not_the_number(
    written: str, refusal: type[NotResidentId]
) -> None:
    with pytest.raises(refusal) as refused:
        ResidentId.parse(written)
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize("value", [990100201908310010, 9.901002019083e17, None])
def test_a_number_from_a_spreadsheet_is_not_repaired(value: object) -> None:
    with pytest.raises(TypeError, match="its end is lost"):
        ResidentId.parse(value)  # type: ignore[arg-type]  # that is the point


def test_the_old_form_is_lengthened() -> None:
    someone = ResidentId.from_old(" 990100810831001 ")
    assert someone == ResidentId.parse(number(date(1981, 8, 31), 1))


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("9901008108310012", WrongLength),
        ("99010081083100X", WrongCharacter),
        ("990100811331001", WrongBirthDate),
    ],
)
def test_an_old_form_can_be_wrong_too(written: str, refusal: type[NotResidentId]) -> None:
    with pytest.raises(refusal):
        ResidentId.from_old(written)


def test_a_division_that_no_list_knows_is_a_question_and_not_a_fault() -> None:
    assert not ResidentId.parse(number(date(2019, 8, 31), 1)).division_is_known
    beijing = ResidentId.parse(number(date(2019, 8, 31), 1, division="110101"))
    assert beijing.division_is_known


@pytest.mark.parametrize(
    ("day", "age"),
    [
        pytest.param(date(2026, 8, 30), 6, id="the day before"),
        pytest.param(date(2026, 8, 31), 7, id="the birthday"),
        pytest.param(date(2019, 8, 31), 0, id="the day of birth"),
        pytest.param(date(2019, 8, 30), -1, id="not born yet"),
    ],
)
def test_age_in_completed_years(day: date, age: int) -> None:
    assert ResidentId.parse(WITH_X).age_on(day) == age


def test_someone_born_on_a_leap_day_waits_until_march() -> None:
    leapling = ResidentId.parse(number(date(2020, 2, 29), 1))
    assert leapling.age_on(date(2026, 2, 28)) == 5
    assert leapling.age_on(date(2026, 3, 1)) == 6
