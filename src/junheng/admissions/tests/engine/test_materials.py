"""Three rules against needless papers, by themselves."""

from __future__ import annotations

from dataclasses import replace

from junheng.admissions.engine.materials import Against, Asked, Rule, against

DEED = Asked("Title deed", "house", 0, "bring", ("Law", "No. 1", "Art. 2"))


def rules(paper: Asked, *others: Asked, holders: str = "", connected: str = "") -> list[Rule]:
    return [one.rule for one in against(paper, others, holders.split(), connected.split())]


def test_a_paper_with_its_basis_that_nobody_else_has_is_fine() -> None:
    assert rules(DEED, holders="estate", connected="tax") == []


def test_every_part_of_the_basis_is_needed() -> None:
    for gap in range(3):
        basis = tuple("" if n == gap else "x" for n in range(3))
        assert rules(replace(DEED, basis=basis)) == [Rule.NO_BASIS]  # type: ignore[arg-type]


def test_what_a_connected_register_holds_is_fetched_and_not_asked() -> None:
    assert rules(DEED, holders="tax estate", connected="estate") == [Rule.HELD]
    fetched = replace(DEED, duty="fetched")
    assert rules(fetched, holders="estate", connected="estate") == []
    assert rules(fetched, holders="estate") == [Rule.NOT_HELD]
    assert rules(replace(DEED, duty="later"), holders="estate", connected="estate") == [Rule.HELD]


def test_one_thing_is_proved_once_by_the_same_families() -> None:
    contract = replace(DEED, name="Purchase contract")
    (found,) = against(contract, [DEED], [], [])
    assert found == Against(Rule.TWICE, "Purchase contract", "house", "Title deed")
    assert rules(replace(contract, case=2), DEED) == [Rule.TWICE]
    assert rules(replace(contract, case=2), replace(DEED, case=3)) == []
    assert rules(replace(contract, matter="work"), DEED) == []


def test_all_rules_are_told_at_once() -> None:
    bare = replace(DEED, basis=("", "", ""))
    told = rules(bare, DEED, holders="estate", connected="estate")
    assert told == [Rule.NO_BASIS, Rule.HELD, Rule.TWICE]
