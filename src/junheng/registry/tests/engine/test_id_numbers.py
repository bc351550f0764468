"""Looked at by the thousand, identity numbers are judged as they are one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.registry.engine.id_numbers import sound

GOOD = "990100202002290022"
numbers = st.one_of(
    st.just(GOOD),
    st.text("0123456789Xx", min_size=17, max_size=19),
    st.builds(
        lambda day, end: f"990100{day:%Y%m%d}{end}",
        st.dates(),
        st.text("0123456789X", min_size=4, max_size=4),
    ),
    st.text(max_size=20),
)


def one_by_one(number: str) -> bool:
    try:
        ResidentId.parse(number)
    except NotResidentId:
        return False
    return True


@settings(max_examples=60)
@given(st.lists(numbers, max_size=12))
def test_none_is_called_sound_that_is_not(several: list[str]) -> None:
    for number, fine in zip(several, sound(several), strict=True):
        assert not fine or one_by_one(number)


def test_a_leap_day_is_a_day_in_leap_years_only() -> None:
    assert list(sound([GOOD, "990100202102290022", GOOD[:-1] + "3", "", GOOD[:-1]])) == [
        *(True, False, False, False, False)
    ]


def test_small_and_large_x_are_the_same() -> None:
    number = next(
        f"99010020200229{serial:03d}X"
        for serial in range(1000)
        if one_by_one(f"99010020200229{serial:03d}X")
    )
    assert list(sound([number, number.lower()])) == [True, True]
    assert list(sound([])) == []
