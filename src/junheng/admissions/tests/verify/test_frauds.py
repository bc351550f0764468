"""Whoever bends the result is found out, and by the property that was bent.

The forgers here are careful: after each change of the placements the receipt is made to fit
again. What is expected is the whole set of broken properties, so a fraud also shows that
the others are not alarmed for nothing.
"""

from __future__ import annotations

import pytest

from junheng.admissions.tests.verify import hand
from junheng.admissions.tests.verify.forging import (
    Fraud,
    both,
    broken,
    in_receipt,
    in_schools,
    in_text,
    placed,
)
from junheng.admissions.verify.lines import Property

KEPT_OUT = hand.receipt()["kept_out"]

FRAUDS = [
    pytest.param(
        placed(
            ("a3,A,zone,1,1,1,250", "a3,B,zone,2,1,1,"),
            ("a4,B,zone,2,1,4,700", "a4,A,choice,1,1,4,"),
            choice=2,
            zone=3,
        ),
        {
            Property.NO_ENVY,
            Property.REPEATED,
            Property.KEPT_OUT,
            Property.LAST_KEYS,
            Property.EXPLANATIONS,
        },
        id="two children swap seats and the better claim loses",
    ),
    pytest.param(
        placed(("a5,C,diverted,,2,6,1200", "a5,B,zone,1,2,6,400"), zone=5, diverted=3),
        {
            Property.SEATS,
            Property.CLASS_CAP,
            Property.NO_ENVY,
            Property.REPEATED,
            Property.KEPT_OUT,
            Property.PRICES,
            Property.SCHOOL_TABLE,
            Property.LAST_KEYS,
            Property.EXPLANATIONS,
        },
        id="one pupil more than the school has seats",
    ),
    pytest.param(
        both(
            placed(
                ("a1,B,zone,1,1,9,350", "a1,D,diverted,,1,9,"),
                ("a9,D,diverted,,2,5,1500", "a9,B,zone,2,2,5,600"),
            ),
            in_schools(("1|0|9", "2|0|5")),
        ),
        {
            Property.NO_ENVY,
            Property.REPEATED,
            Property.KEPT_OUT,
            Property.LIMIT,
            Property.PRICES,
            Property.EXPLANATIONS,
        },
        id="a worse tier gets the seat of a better one",
    ),
    pytest.param(
        placed(("a3,A,zone,1,1,1,250", "a3,A,zone,1,1,3,250")),
        {Property.TICKETS},
        id="a ticket is changed",
    ),
    pytest.param(
        placed(
            ("a5,C,diverted,,2,6,1200", "a5,D,diverted,,2,6,4000"),
            ("a9,D,diverted,,2,5,1500", "a9,C,diverted,,2,5,1000"),
        ),
        {Property.PRICES, Property.EXPLANATIONS},
        id="a dearer plan",
    ),
    pytest.param(
        both(
            placed(
                ("a8,C,diverted,,1,8,2100", "a8,D,diverted,,1,8,1000"),
                ("a9,D,diverted,,2,5,1500", "a9,C,diverted,,2,5,1000"),
            ),
            in_schools(("C,3,0,3,0,,500", "C,3,0,3,0,,0")),
        ),
        {Property.GROUPS_WHOLE, Property.PRICES, Property.EXPLANATIONS},
        id="a group is split",
    ),
    pytest.param(
        placed(("b0,,unplaced,,1,3,\n", ""), unplaced=0, applicants=9),
        {Property.RECEIPT, Property.EVERYONE},
        id="an unplaced child is hidden",
    ),
    pytest.param(
        placed(
            ("b0,,unplaced,,1,3,\n", "b0,,unplaced,,1,3,\nb1,,unplaced,,1,10,\n"),
            unplaced=2,
        ),
        {Property.EVERYONE},
        id="a child who never applied is invented",
    ),
    pytest.param(
        placed(
            ("b0,,unplaced,,1,3,\n", "b0,,unplaced,,1,3,\nb0,,unplaced,,1,3,\n"),
            unplaced=2,
        ),
        {Property.EVERYONE},
        id="a child stands in the result twice",
    ),
    pytest.param(
        placed(("b0,,unplaced,,1,3,", "b0,Z,diverted,,1,3,"), unplaced=0, diverted=5),
        {Property.EVERYONE, Property.LIST_PLACES},
        id="a child is sent to a school that does not exist",
    ),
    pytest.param(
        placed(
            (
                "a1,B,zone,1,1,9,350\na2,A,zone,1,1,7,200\n",
                "a2,A,zone,1,1,7,200\na1,B,zone,1,1,9,350\n",
            )
        ),
        {Property.EVERYONE},
        id="the lines are out of order",
    ),
    pytest.param(in_schools((",500\n", ",499\n")), {Property.PRICES}, id="a price too low"),
    pytest.param(in_schools((",500\n", ",9000\n")), {Property.PRICES}, id="a price too high"),
    pytest.param(
        in_schools(("E,4,0,0,4,,0", "E,4,0,0,4,,1")),
        {Property.PRICES},
        id="a price where a seat is free",
    ),
    pytest.param(
        in_schools(("D,1,0,1,0,,0", "D,1,0,1,0,,-1")), {Property.PRICES}, id="a negative price"
    ),
    pytest.param(
        in_schools(("|9,1300", "|9,1299")), {Property.PRICES}, id="a full school's price too low"
    ),
    pytest.param(
        in_schools(("|9,1300", "|9,1301")), {Property.PRICES}, id="a full school's price too high"
    ),
    pytest.param(
        in_schools(("D,1,0,1,0,,0", "D,1,0,1,0,,")), {Property.PRICES}, id="a price is left out"
    ),
    pytest.param(
        in_schools(("A,2,2,0,0,1|0|1", "A,2,2,0,0,2|0|5")),
        {Property.LAST_KEYS},
        id="a last key is edited",
    ),
    pytest.param(
        in_schools(("C,3,0,3,0", "C,4,0,3,1")), {Property.SCHOOL_TABLE}, id="a seat is made up"
    ),
    pytest.param(
        in_schools(("D,1,0,1,0,,0\n", "")), {Property.SCHOOL_TABLE}, id="a school is left out"
    ),
    pytest.param(
        in_schools(("E,4,0,0,4,,0\n", "E,4,0,0,4,,0\nF,0,0,0,0,,0\n")),
        {Property.SCHOOL_TABLE},
        id="a school is invented",
    ),
    pytest.param(
        in_receipt(kept_out=[]),
        {Property.NO_ENVY, Property.KEPT_OUT},
        id="those kept out are not named",
    ),
    pytest.param(
        in_receipt(kept_out=[{"applicant_id": "a5", "school_id": "B"}, *KEPT_OUT]),
        {Property.KEPT_OUT},
        id="somebody is named who was not kept out",
    ),
    pytest.param(
        in_receipt(kept_out=KEPT_OUT[::-1]),
        {Property.KEPT_OUT},
        id="those kept out are named out of order",
    ),
    pytest.param(
        in_receipt(kept_out="none"),
        {Property.NO_ENVY, Property.KEPT_OUT},
        id="the names are no list",
    ),
    pytest.param(
        in_receipt(kept_out=[*KEPT_OUT, "a9"]),
        set(),
        id="a name that means nothing changes nothing",
    ),
    pytest.param(
        in_receipt(seed="4:3"), {Property.SEED}, id="another seed is named than the round's"
    ),
    pytest.param(
        in_receipt(placements_sha256="0" * 64), {Property.RECEIPT}, id="other placements are named"
    ),
    pytest.param(in_receipt(inputs={}), {Property.HASHES}, id="the input is not named"),
    pytest.param(in_receipt(inputs=None), {Property.HASHES}, id="the input's names are no table"),
    pytest.param(
        in_text("explanations.jsonl", ('{"applicant_id":"b0"', '"applicant_id":"b0"')),
        {Property.EXPLANATIONS},
        id="an explanation cannot be read",
    ),
    pytest.param(
        in_text("explanations.jsonl", ('"list":[{"last_key":"1|0|9",', '"list":["1|0|9",{')),
        {Property.EXPLANATIONS},
        id="an explanation is garbled",
    ),
    pytest.param(
        in_text("receipt.json", ('"format":1', '"format":"\\ud800"')),
        {Property.RECEIPT},
        id="the receipt holds half a character",
    ),
    pytest.param(in_receipt(rules={}), {Property.RULES}, id="the rules are left out"),
    pytest.param(
        in_text("receipt.json", ('"class_cap":45', '"class_cap":55')),
        {Property.RULES},
        id="the receipt tells other rules",
    ),
    pytest.param(
        in_text("receipt.json", ('"format":1', '"format": 1')),
        {Property.RECEIPT},
        id="the receipt is not in canonical form",
    ),
    pytest.param(
        in_text("explanations.jsonl", ('"own_key":"1|0|8"', '"own_key":"1|0|9"')),
        {Property.EXPLANATIONS},
        id="a family is told a worse claim than the child had",
    ),
    pytest.param(
        in_text("explanations.jsonl", ('"list":[]', '"list":0')),
        {Property.EXPLANATIONS},
        id="a family is told nothing about its list",
    ),
    pytest.param(
        lambda files: {
            **files,
            "explanations.jsonl": b"".join(files["explanations.jsonl"].splitlines(True)[1:]),
        },
        {Property.EXPLANATIONS},
        id="a family is told nothing at all",
    ),
    pytest.param(
        lambda files: {
            **files,
            "explanations.jsonl": files["explanations.jsonl"] + b'{"applicant_id":"zz"}\n',
        },
        {Property.EXPLANATIONS},
        id="a stranger is told something",
    ),
]


@pytest.mark.parametrize(("fraud", "caught_by"), FRAUDS)
def test_a_fraud_is_caught_by_what_it_breaks(fraud: Fraud, caught_by: set[Property]) -> None:
    assert broken(fraud(hand.outputs())) == caught_by
