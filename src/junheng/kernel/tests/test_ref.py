"""A reference survives paper and telephone, and a slip is noticed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.ref import ALPHABET, NotRef, Ref
from tests.examples import examples

refs = st.integers(0, 2**32).map(lambda seed: Ref.draw("AR", 2026, Random(seed).randrange))


@examples()
@given(refs)
def test_a_reference_reads_back(ref: Ref) -> None:
    assert Ref.parse(str(ref)) == ref


@examples()
@given(refs)
def test_nothing_in_the_tail_is_mistaken_for_another(ref: Ref) -> None:
    tail = ref.body + ref.check
    assert set(tail) <= set(ALPHABET)
    assert not set(tail) & set("01OIL")


@examples()
@given(refs)
def test_it_is_read_however_people_write_it(ref: Ref) -> None:
    shown = str(ref)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in shown)
    for written in (shown.lower(), shown.replace("-", ""), f" {shown.replace('-', ' ')}\n", wide):
        assert Ref.parse(written) == ref


@examples()
@given(refs, st.data())
def test_one_wrong_character_is_noticed(ref: Ref, data: st.DataObject) -> None:
    plain = str(ref).replace("-", "")
    at = data.draw(st.integers(0, len(plain) - 1))
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if wrong != plain[at]:
        with pytest.raises(NotRef):
            Ref.parse(plain[:at] + wrong + plain[at + 1 :])


@examples()
@given(refs, st.data())
def test_two_neighbours_swapped_are_noticed(ref: Ref, data: st.DataObject) -> None:
    plain = str(ref).replace("-", "")
    at = data.draw(st.integers(0, len(plain) - 2))
    swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
    if swapped != plain:
        with pytest.raises(NotRef):
            Ref.parse(swapped)


@pytest.mark.parametrize(
    "text", ["", "AR", "AR-2026-7KQ4-9XMF", "AR-2026-0KQ4-9XMFY", "A1-2026-7KQ4-9XMFY"]
)
def test_what_has_not_the_form_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotRef, match="not a valid number") as refused:
        Ref.parse(text)
    assert refused.value.text == text


def test_a_body_without_a_readable_check_is_drawn_again() -> None:
    """The first body drawn would have 0, 1, I, L, O or * for its check; it is not given out."""
    unlucky = next(
        body
        for body in (f"2222222{last}" for last in ALPHABET)
        if Ref("AR", 2026, body).check not in ALPHABET
    )
    chance = iter([ALPHABET.index(character) for character in unlucky + "33333333" + "44444444"])
    drawn = Ref.draw("AR", 2026, lambda below: next(chance))
    assert drawn.body in {"33333333", "44444444"}


def test_the_check_is_the_one_of_the_standard() -> None:
    """Worked with the recursive form of ISO 7064: P = 2(P + a) for each character, P mod 37."""
    ref = Ref.parse("AR-2026-7KQ4-9XMFY")
    total = 0
    for character in "AR20267KQ49XMF":
        total = 2 * (total + int(character, 36)) % 37
    assert (total + int(ref.check, 36)) % 37 == 1
