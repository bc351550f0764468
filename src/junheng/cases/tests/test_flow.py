"""What may follow what, and finding answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.cases.engine.finding import Entry, find, pieces
from junheng.cases.engine.flow import (
    FLOW,
    UNDER_WAY,
    Deed,
    NoSuchStep,
    State,
    deeds_in,
    follow,
    moves,
)
from tests.examples import examples


def test_the_long_way_of_a_case_that_somebody_asked_about() -> None:
    state, way = State.OPEN, [Deed.PAUSE, Deed.RESUME, Deed.DONE, Deed.SEND_BACK, Deed.DONE]
    for deed in [*way, Deed.CHECK, Deed.ANSWER, Deed.NOT_SATISFIED, Deed.DONE, Deed.CHECK]:
        state = follow(state, deed, asked=True)
    assert state == State.CHECKED
    for deed in (Deed.ANSWER, Deed.SATISFIED):
        state = follow(state, deed, asked=True)
    assert state == State.CLOSED
    assert follow(state, Deed.REOPEN, asked=True) == State.OPEN


def test_where_nobody_asked_the_check_closes() -> None:
    assert follow(State.DONE, Deed.CHECK, asked=False) == State.CLOSED


@pytest.mark.parametrize("deed", [Deed.DONE, Deed.PAUSE, Deed.SETTLE, Deed.HAND_OVER])
def test_nothing_but_a_note_and_reopening_follows_the_end(deed: Deed) -> None:
    with pytest.raises(NoSuchStep, match="does not follow closed"):
        follow(State.CLOSED, deed, asked=True)


def test_another_rooms_case_is_not_closed_by_hand() -> None:
    by_hand = deeds_in(State.OPEN, asked=True, closed_by_owner=True)
    assert set(by_hand) == {Deed.NOTE, Deed.HAND_OVER, Deed.PAUSE}
    for state in State:
        for deed in deeds_in(state, asked=True, closed_by_owner=True):
            assert follow(state, deed, asked=True) != State.CLOSED or state == State.CLOSED


def test_every_case_can_be_settled_from_everywhere_and_no_state_is_a_dead_end() -> None:
    assert {begins for begins, ends in moves() if ends == State.CLOSED} >= UNDER_WAY
    assert {begins for begins, _ends in moves()} == set(State)


def test_a_deed_leads_to_one_state() -> None:
    for asked in (True, False):
        keys = [(s.deed, s.begins) for s in FLOW if s.asked in (None, asked)]
        assert len(keys) == len(set(keys))


COLLECTION = [
    Entry(1, "学区房需要住满几年？", "一户一学位 住房", "同一住房六年内只安排一个家庭的孩子入学。"),
    Entry(2, "随迁子女入学需要哪些材料？", "外地户口 务工", "居住证、劳动合同或营业执照。"),
    Entry(3, "什么时候公布录取结果？", "", "公示后三日内，凭受理编号查询。"),
]


def test_the_answer_about_what_was_typed_comes_first() -> None:
    assert find("外地户口怎么报名", COLLECTION)[0] == 2
    assert find("录取结果哪天出", COLLECTION) == [3]
    assert find("学区房", COLLECTION)[0] == 1


def test_a_word_in_a_question_counts_more_than_in_a_text() -> None:
    found = find("居住证", [Entry(1, "其他", "", "居住证"), Entry(2, "居住证怎么办？")])
    assert found == [2, 1]


def test_nothing_typed_finds_nothing() -> None:
    assert find(" ？", COLLECTION) == []
    assert find("食堂", COLLECTION) == []


def test_single_characters_and_latin_words_count_whole() -> None:
    assert pieces("办 \uff21PP 2026年") == {"办", "app", "2026", "年"}


@examples(60)
@given(st.text(max_size=40), st.integers(0, 3))
def test_what_is_found_is_in_the_collection_and_no_more_than_wanted(text: str, most: int) -> None:
    found = find(text, COLLECTION, most=most)
    assert len(found) <= most
    assert len(set(found)) == len(found)
    assert set(found) <= {1, 2, 3}
