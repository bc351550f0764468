"""Four rules against needless papers, by themselves."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.materials import (
    EVERYONE,
    FETCHED,
    Against,
    Asked,
    Rule,
    against,
    circle_of,
)

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


def needing(matter: str, *needs: str, case: int = 0, duty: str = "bring") -> Asked:
    return replace(DEED, name=matter.upper(), matter=matter, case=case, duty=duty, needs=needs)


def test_what_is_issued_after_admission_only_is_not_asked_before() -> None:
    assert rules(needing("roll", "admission")) == [Rule.AFTERWARDS]
    fetched = needing("roll", "admission", duty=FETCHED)
    assert rules(fetched, holders="x", connected="x") == []


def test_papers_that_need_each_other_are_told_with_the_circle() -> None:
    permit = needing("permit", "work", "house")
    others = [needing("work", "lease"), needing("lease", "permit"), needing("house")]
    (found,) = against(permit, others, [], [])
    assert (found.rule, found.circle) == (Rule.CIRCLE, ("PERMIT", "WORK", "LEASE", "PERMIT"))
    assert rules(needing("house", "house")) == [Rule.CIRCLE]
    assert circle_of(needing("new", "permit"), [permit, *others]) == ()


def test_no_circle_runs_through_what_is_fetched_or_asked_of_other_families() -> None:
    permit = needing("permit", "work", case=2)
    assert rules(permit, needing("work", "permit", case=3)) == []
    assert rules(permit, needing("work", "permit", duty=FETCHED)) == []
    assert rules(permit, needing("work", "permit")) == [Rule.CIRCLE]
    assert rules(needing("work", "permit"), permit) == [Rule.CIRCLE]


PAPERS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(
        st.lists(st.sampled_from("abcdefg"), max_size=3, unique=True),
        st.integers(0, 3),
        st.sampled_from(["bring", "later", "fetched"]),
    ),
    max_size=6,
)


def cyclic(papers: list[Asked], case: int) -> bool:
    """What the standard library says of the papers that families of a case have to bring."""
    graph = {
        each.matter: each.needs
        for each in papers
        if each.duty != FETCHED and each.case in (EVERYONE, case)
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


@given(PAPERS)
def test_a_circle_is_found_if_and_only_if_there_is_one(
    drawn: dict[str, tuple[list[str], int, str]],
) -> None:
    papers = [
        needing(name, *needs, case=case, duty=duty) for name, (needs, case, duty) in drawn.items()
    ]
    found = {
        paper.name: circle_of(paper, [other for other in papers if other is not paper])
        for paper in papers
        if paper.duty != FETCHED
    }
    assert any(found.values()) == any(cyclic(papers, case) for case in range(1, 4))
    matters = {paper.name: paper for paper in papers}
    for name, circle in found.items():
        assert not circle or circle[0] == circle[-1] == name
        for one, after in pairwise(circle):
            assert matters[after].matter in matters[one].needs
