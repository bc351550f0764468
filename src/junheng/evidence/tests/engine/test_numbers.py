"""Identity numbers by the column agree with the rule for one of them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from junheng.evidence.engine.numbers import NO_DAY, UNKNOWN, State, comparable, read_numbers
from junheng.kernel.resident_id import NotResidentId, ResidentId
from tests.examples import examples

WRITTEN = st.one_of(
    st.from_regex(r"\A99\d{4}(19|20)\d{2}(0\d|1[0-3])[0-3]\d{4}[\dXx]\Z"),
    st.from_regex(r"\A99\d{4}\d{2}(0\d|1[0-3])[0-3]\d{4}\Z"),
    st.text(alphabet="0123456789Xx \u3000\uff21\uff11", max_size=20),
)


def one(text: str) -> ResidentId | None:
    """By the kernel: the 18 characters, or the old form lengthened."""
    for parse in (ResidentId.parse, ResidentId.from_old):
        try:
            return parse(text.replace(" ", ""))
        except NotResidentId:
            continue
    return None


@examples(200)
@given(st.lists(WRITTEN, max_size=5))
def test_a_column_is_read_as_each_number_alone(texts: list[str]) -> None:
    read = read_numbers(texts)
    for place, text in enumerate(texts):
        known = one(text)
        if known is None or known.number.endswith("000"):
            assert read.key[place] == UNKNOWN
            assert read.born[place] == NO_DAY
            continue
        assert read.state[place] in {State.SOUND, State.OLD}
        assert read.key[place] == int(known.number[:17])
        assert date.fromordinal(int(read.born[place]) + date(1970, 1, 1).toordinal()) == (
            known.birth_date
        )
        assert comparable(text) == known.number


def test_what_each_is_good_for() -> None:
    texts = [
        "990100202002290022",
        "990100880314001",
        "",
        "990100202002290000",
        "990100202002290023",
        "990100202013290022",
        "99010020200229002",
        "99010020200229002Y",
        "990100880314X01",
    ]
    assert [State(state).name for state in read_numbers(texts).state.tolist()] == [
        *("SOUND", "OLD", "MISSING", "LOST_TAIL"),
        *["FAULTY"] * 5,
    ]


def test_what_cannot_be_lengthened_is_found_as_it_is() -> None:
    assert comparable("990100880314001") == "990100198803140017"
    assert comparable("990100881314001") == "990100881314001"
    assert comparable(" 9901 ab ") == "9901AB"
