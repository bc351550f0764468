from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.commons.masks import mask_address, mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param("王涵", "王*", id="two characters"),
        pytest.param("王若涵", "王*涵", id="three characters"),
        pytest.param("王陈若涵", "王**涵", id="four characters"),
        pytest.param("欧阳涵", "欧阳*", id="compound surname and one character"),
        pytest.param("欧阳若涵", "欧阳*涵", id="compound surname and two characters"),
        pytest.param("欧阳", "欧*", id="a surname of one character after all"),
        pytest.param("王", "*", id="one character"),
        pytest.param("阿不都·买买提", "阿**·买**", id="parts with a dot"),
        pytest.param("𠮷田涵", "𠮷*涵", id="a rare character"),
        pytest.param("Maria Lopez", "M*** L***", id="Latin letters"),
        pytest.param("王 Maria", "王*** M***", id="mixed"),
        pytest.param("  王若涵 ", "王*涵", id="white space around it"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        pytest.param("990100201501010017", "9901**********0017", id="18 characters"),
        pytest.param("99010020150101001X", "9901**********001X", id="a check letter"),
        pytest.param("990100150101001", "9901*******1001", id="15 characters"),
        pytest.param("E12345678", "E1*****78", id="passport"),
        pytest.param("H123456", "*******", id="too short to show anything"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_id(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        pytest.param("13800000001", "138****0001", id="mobile"),
        pytest.param("+86 138 0000 0001", "138****0001", id="with the country"),
        pytest.param("0086-138-0000-0001", "138****0001", id="with hyphens"),
        pytest.param("0635-8231234", "*********34", id="land line"),
        pytest.param("823", "***", id="too short to show anything"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        pytest.param(
            "云州市云槐县城关街道花园路12号3单元", "云州市云槐县城关街道***", id="street office"
        ),
        pytest.param("云槐县柳沟镇柳沟村5组", "云槐县柳沟镇***", id="town"),
        pytest.param("云槐县花园路12号", "云槐县***", id="no street office"),
        pytest.param("云槐县城关街道", "云槐县城关街道", id="nothing below it"),
        pytest.param("花园路12号", "***", id="nothing that we know"),
        pytest.param("12 Garden Road", "***", id="Latin letters"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8))
def test_every_name_hides_at_least_one_character(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert "*" in masked
    assert sum(shown != "*" for shown in masked) <= 3


@given(st.text(min_size=0, max_size=30))
def test_no_number_shows_more_than_eight_characters(number: str) -> None:
    assert sum(shown != "*" for shown in mask_id(number)) <= 8
    assert sum(shown != "*" for shown in mask_phone(number)) <= 7
