"""Policies as TOML: read, written again the same, and every fault told with its place."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.policies import Period, Rate
from junheng.aid.engine.shares import Share
from junheng.aid.files.described import Clause, Described, InBoth, Kind, Level, Version
from junheng.aid.files.policies import (
    check_period,
    read_policies,
    read_policy,
    write_policy,
)
from junheng.aid.tests.county import BOARDER, MEAL
from junheng.aid.tests.engine.worlds import policies
from junheng.kernel.faults import Refused
from tests.examples import examples


def faults_of(text: str, file: str = "boarder.toml") -> list[str]:
    with pytest.raises(Refused) as refused:
        read_policies({file: text.encode()})
    return [str(fault) for fault in refused.value.faults]


def test_a_policy_is_read_with_its_document_and_clauses() -> None:
    told = read_policy(BOARDER.encode(), "boarder.toml")
    assert (told.level, told.title.en, told.plain) == (
        Level.PROVINCE,
        "Allowance for poor boarders",
        InBoth("生活补助", "Living allowance"),
    )
    (version,) = told.versions
    assert version.clauses[1] == Clause("From poor families.", "art. 3")
    assert [rate.pays for rate in version.policy.rates] == [50_000, 62_500]
    assert version.policy.valid_from == date(2016, 9, 1)


@pytest.mark.parametrize("text", [BOARDER, MEAL])
def test_a_file_is_written_again_as_it_was(text: str) -> None:
    code = text.split('"')[1]
    assert write_policy(read_policy(text.encode(), f"{code}.toml")) == text


_words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@st.composite
def described(draw: st.DrawFn) -> Described:
    chosen = draw(policies(most=1).filter(lambda made: not any(p.shares_each_month for p in made)))
    made = [one for one in chosen if not one.gives_way_to]
    versions = tuple(
        Version(
            policy,
            draw(_words),
            draw(st.just("") | _words),
            tuple(Clause(draw(_words), draw(_words)) for _condition in policy.conditions),
        )
        for policy in made
    )
    title = InBoth(draw(_words), draw(_words))
    level, kind = draw(st.sampled_from(Level)), draw(st.sampled_from(Kind))
    plain = draw(st.none() | st.just(title))
    return Described("a", level, kind, title, plain, draw(_words), versions)


@examples(15)
@given(policy=described())
def test_what_is_written_reads_the_same(policy: Described) -> None:
    text = write_policy(policy)
    assert read_policy(text.encode(), "a.toml") == policy


NURSERY = BOARDER.replace('yuan = "500.00"', 'share = "12.5 %"\nof = "fee"')


def test_a_rate_is_read_as_a_share_and_written_again() -> None:
    told = read_policy(NURSERY.encode(), "boarder.toml")
    primary, lower = told.versions[0].policy.rates
    assert primary == Rate(read_condition("stage = 'primary'"), Share(125, "fee"))
    assert lower.pays == 62_500
    assert write_policy(told) == NURSERY


OF_A_SHARE = [
    ('"12.5 %"', '"12.55 %"', "share: “12.55 %” is no share that can be paid."),
    ('"12.5 %"', '"0 %"', "share: “0 %” is no share that can be paid."),
    ('"12.5 %"', '"150 %"', "share: “150 %” is no share that can be paid."),
    ('"12.5 %"', "12.5", "share: This has to be text in quotes."),
    ('share = "12.5 %"\n', "", "share: This entry is missing. Add it."),
    ('of = "fee"', "", "of: This entry is missing. Add it."),
    ('of = "fee"', 'of = "grade"', "of: “grade” is no fact that is an amount. Use one of: fee."),
    ('of = "fee"', 'of = "rent"', "of: “rent” is no fact that is an amount. Use one of: fee."),
    ('of = "fee"', 'of = "fee"\nyuan = "1"', "yuan: A rate is an amount or a share of one"),
    ("stage = 'primary'", "fee > 5", "“fee” at character 1 is an amount, which no"),
]


@pytest.mark.parametrize(("old", "new", "told"), OF_A_SHARE)
def test_a_fault_in_a_share_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in NURSERY
    place = "boarder.toml: version 1, rate 1"
    found = faults_of(NURSERY.replace(old, new))
    assert [one.startswith((f"{place}, {told}", f"{place}: {told}")) for one in found] == [True]


def test_a_share_of_a_terms_amount_is_not_paid_each_month() -> None:
    (fault,) = faults_of(NURSERY.replace('"first_day"', '"each_month"'))
    assert fault.startswith("boarder.toml: version 1, counted_on: Amounts are told for a term")


FAULTS = [
    ("code = ", "code : ", "boarder.toml:1: The file cannot be read as TOML from here on. Look"),
    ('"boarder"\n', '"Boarder"\n', "boarder.toml: code: The file of a policy is called like"),
    ('"boarder"\n', '"Boarder"\n', "boarder.toml: code: A code has at most 40 small letters"),
    ('"province"', '"village"', "boarder.toml: level: “village” is not known. Use one of: county,"),
    ('"living"', '"poor"', "boarder.toml: kind: “poor” is not known. Use one of: running, fees,"),
    ("funds", "fund", "boarder.toml: fund: This entry is not known. Known here are: code, level,"),
    ("funds", "fund", "boarder.toml: funds: This entry is missing. Add it."),
    ("Province and", " Province and", "boarder.toml: funds: There is a line break or a space"),
    ('en = "Living', 'e = "Living', "boarder.toml: plain, en: This entry is missing."),
    ("[title]", "[[title]]", "boarder.toml: title: This has to be a table of entries."),
    ("number = 1", 'number = "1"', "boarder.toml: version 1, number: This has to be a whole num"),
    ("number = 1", "number = 0", "boarder.toml: version 1, number: Versions are numbered from 1."),
    ("2016-09-01\n", "2016-09-01T00:00:00\n", "boarder.toml: version 1, from: This has to be a da"),
    (
        "2016-09-01\n",
        "2016-09-01\nto = 2016-09-01\n",
        "boarder.toml: version 1, to: The version en",
    ),
    ('"first_day"', '"first_day"\nonce = 1', "boarder.toml: version 1, once: This has to be true"),
    (
        '"first_day"',
        '"first_day"\ngives_way_to = ["x"]',
        "boarder.toml: version 1, gives_way_to: There is no policy “x”. Add its file, or",
    ),
    (
        '"first_day"',
        '"first_day"\ngives_way_to = ["x", "x"]',
        "boarder.toml: version 1, gives_way_to: A policy stands twice in this list.",
    ),
    ('document = "A notice of Yunhuai"', 'document = ""', "boarder.toml: version 1, document: Thi"),
    (
        "studying AND boarder",
        "studying AND lower(stage) = 'x'",
        "boarder.toml: version 1, condition 1: There is no fact “lower” (character 14). Use one",
    ),
    ('when = "studying', 'where = "studying', "boarder.toml: version 1, condition 1, when: This e"),
    ('clause = "From', 'cause = "From', "boarder.toml: version 1, condition 2, cause: This entry"),
    ('clause = "From poor families."', "clause = 3", "boarder.toml: version 1, condition 2, claus"),
    ('"625.00"', '"625.005"', "boarder.toml: version 1, rate 2, yuan: “625.005” is no amount that"),
    ('"625.00"', "625.00", "boarder.toml: version 1, rate 2, yuan: This has to be text in quotes."),
    ('"625.00"', '"0"', "boarder.toml: version 1, rate 2, yuan: “0” is no amount that can be paid"),
    ("stage = 'primary'", "stage = 'p'", "boarder.toml: version 1, rate 1: There is no code “'p'”"),
    ("[[version.rate]]", "[[version.rat]]", "boarder.toml: version 1, rate: The version has no ra"),
    ("[[version.rate]]", "[version.rate]", "boarder.toml:35: The file cannot be read as TOML"),
]


@pytest.mark.parametrize(("old", "new", "told"), FAULTS)
def test_a_fault_is_told_with_its_place_and_what_to_do(old: str, new: str, told: str) -> None:
    assert old in BOARDER
    found = faults_of(BOARDER.replace(old, new))
    assert any(fault.startswith(told) for fault in found), found


def test_a_file_that_is_not_utf_8_and_one_without_versions_are_told() -> None:
    with pytest.raises(Refused, match=r"boarder\.toml: The file is not in UTF-8\. Save it"):
        read_policy(BOARDER.encode("gb18030"), "boarder.toml")
    assert faults_of(BOARDER.split("[[version]]")[0]) == [
        "boarder.toml: version: The policy has no version. Add [[version]]."
    ]
    assert faults_of('version = ["x"]\n' + BOARDER.split("[[version]]")[0])[0] == (
        "boarder.toml: version: This has to be a table of entries."
    )


def test_versions_that_overlap_or_share_a_number_are_told() -> None:
    assert faults_of(MEAL.replace("to = 2026-11-01\n", ""), "meal.toml") == [
        "meal.toml: version: Versions 1 and 2 are both in force on 2026-11-01. "
        "Give the earlier one a “to”: the first day on which it does not hold."
    ]
    assert faults_of(MEAL.replace("number = 2", "number = 1"), "meal.toml") == [
        "meal.toml: version: Two versions have the same number."
    ]


def test_faults_of_all_files_come_together() -> None:
    with pytest.raises(Refused) as refused:
        read_policies({"a.toml": b"=", "boarder.toml": BOARDER.encode(), "b.toml": b"="})
    assert [fault.file for fault in refused.value.faults] == ["a.toml", "b.toml"]


def test_a_policy_that_gives_way_to_one_counted_on_other_days_is_told() -> None:
    text = BOARDER.replace('"first_day"', '"first_day"\ngives_way_to = ["meal"]')
    read = read_policies({"boarder.toml": text.encode(), "meal.toml": MEAL.encode()})
    with pytest.raises(Refused, match="boarder cannot give way to meal in the period x"):
        check_period(read, Period("x", date(2026, 9, 1), date(2026, 10, 1)))
