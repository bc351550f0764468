"""Each mode of diversion in words: what it means, who goes first, what silence means."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from junheng.admissions.web.public_words import rules_in_words

OPEN = {"mode": "open", "silence": "nearest", "unranked": "nearest"}
GRADE = {"mode": "grade"}


def said(language: str, **rules: object) -> list[str]:
    common = {
        "priority": ["tier", "sibling", "ticket"],
        "method": "hmac-sha256",
        "class_cap": 55,
    }
    with override(language):
        return list(rules_in_words(common | rules))


@pytest.mark.parametrize(
    ("rules", "english", "chinese"),
    [
        ({"mode": "none"}, ["stays without a seat"], ["本轮不再安排"]),
        ({"mode": "zone"}, ["free seat nearby"], ["附近"]),
        (
            OPEN,
            ["offered schools with free seats", "in the order of their lottery tickets"],
            ["有空余学位的学校", "按抽签号先后依次选"],
        ),
        (OPEN, ["does not answer takes part in its turn"], ["不作答的家庭，轮到时照样参加"]),
        (
            OPEN | {"silence": "last"},
            ["does not answer takes part after all that answered"],
            ["不作答的家庭，排在所有作答的家庭之后参加"],
        ),
        (
            OPEN | {"silence": "decline"},
            ["does not answer wants none of the schools"],
            ["不作答的家庭，视为所提供的学校一所也不要"],
        ),
        (OPEN, ["leaves out when it answers follow"], ["没有排序的学校，接在"]),
        (
            OPEN | {"unranked": "decline"},
            ["given none of the schools that it leaves out"],
            ["没有排序的学校，不会安排给孩子"],
        ),
        (
            GRADE,
            ["whole entering grade", "need the same site", "whose code comes first chooses first"],
            ["整个起始年级", "需要同一处校舍", "学校代码排在前面的先选"],
        ),
        (GRADE, ["no site is left stays", "who says nothing"], ["留在原校", "不表态"]),
    ],
)
def test_a_mode_is_told_in_both_languages(
    rules: dict[str, object], english: list[str], chinese: list[str]
) -> None:
    for language, parts in (("en", english), ("zh-hans", chinese)):
        sentences = said(language, **rules)
        for part in parts:
            assert any(part in sentence for sentence in sentences), part


@pytest.mark.parametrize(
    ("rules", "english", "chinese"),
    [
        ({"mode": "zone"}, "Nobody is sent farther than 8.0 km", "8.0"),
        (OPEN, "No school farther than 8.0 km from the home is offered.", "离家超过"),
        (GRADE, "No grade moves farther than 8.0 km", "学校到学校"),
    ],
)
def test_a_limit_says_from_where_to_where(
    rules: dict[str, object], english: str, chinese: str
) -> None:
    for language, part in (("en", english), ("zh-hans", chinese)):
        assert part in said(language, max_distance_m=8000, **rules)[-1]
        assert all("8.0" not in sentence for sentence in said(language, **rules))


@pytest.mark.parametrize("rules", [OPEN, GRADE])
def test_the_words_of_one_mode_stay_out_of_the_other(rules: dict[str, object]) -> None:
    other = GRADE if rules is OPEN else OPEN
    common = set(said("en", **rules)) & set(said("en", **other))
    assert common == set(said("en", mode="none")[:-1])
