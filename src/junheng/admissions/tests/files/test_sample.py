"""Made-up rounds: any size, always the same, always valid, about as crowded as asked for."""

from __future__ import annotations

import numpy as np
import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import run_inputs
from junheng.admissions.files.sample import Wish, sample_round


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


@pytest.mark.parametrize(
    ("applicants", "schools"), [(1, 1), (1, 5), (7, 1), (40, 6), (40, 40), (300, 3), (900, 30)]
)
@pytest.mark.parametrize("unplaced", [0.0, 0.5])
def test_every_size_is_a_valid_round_that_seats_everybody_somewhere(
    applicants: int, schools: int, unplaced: float
) -> None:
    inputs = read_inputs(sample_round(Wish(applicants, schools, "any", unplaced)))
    the_round = check(inputs)
    assert (len(the_round.applicants.ids), len(the_round.schools.ids)) == (applicants, schools)
    counts = run_inputs(inputs, the_round, silent).counts()
    assert counts["all"] == applicants
    if schools >= 5:
        assert counts.get("unplaced", 0) == 0


def test_the_same_seed_gives_the_same_files_and_another_others() -> None:
    wish = Wish(200, 10, "2026", 0.1)
    assert sample_round(wish) == sample_round(wish)
    assert sample_round(wish) != sample_round(Wish(200, 10, "2027", 0.1))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 0.5])
def test_about_the_wished_share_does_not_fit_on_the_lists(share: float) -> None:
    inputs = read_inputs(sample_round(Wish(5_000, 60, "crowded", share)))
    result = run_inputs(inputs, check(inputs), silent).result
    assert abs((result.list_rank == 0).mean() - share) < 0.02


def test_it_looks_like_a_county() -> None:
    the_round = check(read_inputs(sample_round(Wish(5_000, 60, "county", 0.1))))
    applicants = the_round.applicants
    assert 0.6 < (applicants.tier == 1).mean() < 0.8
    assert 0.1 < (applicants.sibling_school >= 0).mean() < 0.2
    sizes = np.bincount(applicants.group[applicants.group >= 0])
    assert 10 < len(sizes) < 100
    assert set(sizes.tolist()) == {2}
    own = np.diff(applicants.choice_start)
    assert 0.4 < (own > 0).mean() < 0.65
    assert the_round.schools.class_size.max() <= 55
    assert len(set(applicants.ids)) == 5_000
    assert all(len(code) == 16 for code in applicants.ids)
