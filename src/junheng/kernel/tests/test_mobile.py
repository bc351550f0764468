from __future__ import annotations

import pytest

from junheng.kernel.mobile import NotMobile, mobile

NUMBER = "13800000001"
FULL_WIDTH = NUMBER.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})
ARABIC = NUMBER.translate({0x30 + digit: 0x660 + digit for digit in range(10)})


@pytest.mark.parametrize(
    "typed",
    [NUMBER, " 138 0000 0001", "138-0000-0001", FULL_WIDTH, f"+86 {NUMBER}", f"0086{NUMBER}"],
)
def test_a_mobile_number_is_read_as_people_type_it(typed: str) -> None:
    assert mobile(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", NUMBER[:-1], f"{NUMBER}1", "12800000001", f"{NUMBER[:-1]}a", ARABIC, "+86", f"{NUMBER}\0"],
)
def test_what_is_no_mobile_number_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(NotMobile) as told:
        mobile(typed)
    assert str(told.value) == "A mobile number has eleven digits."
