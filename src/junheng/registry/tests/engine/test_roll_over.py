"""The turn of the year, by itself: a small school worked by hand, and what always holds."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.registry.engine.roll_over import (
    NotConsistent,
    plan,
)
from junheng.registry.engine.roll_over_types import (
    ClassKey,
    NextClass,
    Offer,
    PupilNow,
    Regrouping,
    Why,
)
from junheng.registry.sentences.roll_over import TITLES, told
from tests.examples import examples

SIX = Offer("north", 1, 6)


def pupils(count: int, number: int | None, *, grade: int = 3, first: int = 0) -> list[PupilNow]:
    return [
        PupilNow(f"{grade}-{number}-{index:03}", "north", 2026, grade, number)
        for index in range(first, first + count)
    ]


def test_a_school_worked_by_hand() -> None:
    """Class 1 of grade 3 has 40, class 2 has 41, class 1 of grade 6 has 30.

    Of class 1 one is suspended, one dropped out, one is held back: 37 move to grade 4 class 1.
    Class 2 goes on whole. Grade 6 graduates whole. One child has no class, one was forgotten a
    year ago: 37 + 41 moved, 30 graduated, 5 not moved.
    """
    ones = pupils(40, 1)
    ones[0] = ones[0]._replace(state="suspended")
    ones[1] = ones[1]._replace(state="dropped_out")
    ones[2] = ones[2]._replace(held_back=True)
    late = PupilNow("late", "north", 2025, 2, 1)
    found = plan(
        [*ones, *pupils(41, 2), *pupils(30, 1, grade=6), *pupils(1, None), late],
        year=2026,
        offers=[Offer("north", 1, 6, 1)],
    )
    assert [found.counts[key] for key in ("moved", "graduated", "unmoved")] == [78, 30, 5]
    assert found.classes == (
        NextClass(ClassKey("north", 4, 1), (1,), 37, 0, 55),
        NextClass(ClassKey("north", 4, 2), (2,), 41, 0, 55),
    )
    assert [(row.why, row.figures) for row in found.unmoved] == [
        (Why.OLD_YEAR, (2025, 2)),
        (Why.NO_CLASS, (3,)),
        (Why.SUSPENDED, (3,)),
        (Why.DROPPED_OUT, (3,)),
        (Why.HELD_BACK, (3,)),
    ]


def test_the_56th_is_not_moved_and_its_class_is_named() -> None:
    merged = Regrouping("north", 3, (1, 2), (1,), {})
    found = plan([*pupils(28, 1), *pupils(28, 2)], year=2026, offers=[SIX], regroupings=[merged])
    assert (found.moves, found.classes) == ((), ())
    assert found.refused == (NextClass(ClassKey("north", 4, 1), (1, 2), 56, 0, 55),)
    assert {(row.why, row.figures) for row in found.unmoved} == {
        (Why.CLASS_TOO_LARGE, (4, 1, 56, 55))
    }


def test_two_classes_of_55_together_are_merged() -> None:
    merged = Regrouping("north", 3, (1, 2), (5,), {})
    found = plan([*pupils(28, 1), *pupils(27, 2)], year=2026, offers=[SIX], regroupings=[merged])
    assert found.classes == (NextClass(ClassKey("north", 4, 5), (1, 2), 55, 0, 55),)


def test_a_large_class_is_split() -> None:
    large = pupils(60, 1)
    placed = {pupil.id: 1 + index % 2 for index, pupil in enumerate(large[:59])}
    split = Regrouping("north", 3, (1,), (1, 2), placed)
    found = plan(large, year=2026, offers=[SIX], regroupings=[split])
    assert [(each.key.number, each.size) for each in found.classes] == [(1, 30), (2, 29)]
    (left,) = found.unmoved
    assert (left.why, left.figures) == (Why.UNPLACED, (1,))


def test_a_class_that_was_large_before_goes_on_as_it_is() -> None:
    limits = {ClassKey("north", 4, 1): 60}
    assert plan(pupils(60, 1), year=2026, offers=[SIX], limits=limits).counts["moved"] == 60
    assert plan(pupils(61, 1), year=2026, offers=[SIX], limits=limits).counts["moved"] == 0


def test_its_old_size_is_no_licence_to_take_another_class_in() -> None:
    merged = Regrouping("north", 3, (1, 2), (1,), {})
    found = plan(
        [*pupils(50, 1), *pupils(6, 2)],
        year=2026,
        offers=[SIX],
        regroupings=[merged],
        limits={ClassKey("north", 4, 1): 60},
    )
    assert (found.refused[0].size, found.refused[0].most) == (56, 55)


def test_whoever_is_there_already_counts() -> None:
    there = {ClassKey("north", 4, 1): 3}
    assert plan(pupils(52, 1), year=2026, offers=[SIX], there=there).counts["refused_classes"] == 0
    found = plan(pupils(53, 1), year=2026, offers=[SIX], there=there)
    assert (found.refused[0].arriving, found.refused[0].there) == (53, 3)


def test_where_a_school_ends_early_nobody_graduates() -> None:
    (row,) = plan(pupils(1, 1), year=2026, offers=[Offer("north", 1, 3)]).unmoved
    assert (row.why, row.figures) == (Why.SCHOOL_ENDS, (4, 3))
    (row,) = plan(pupils(1, 1), year=2026, offers=[]).unmoved
    assert (row.why, row.figures) == (Why.NO_SCHOOL, (3,))


@pytest.mark.parametrize(
    ("regroupings", "says"),
    [
        ([Regrouping("north", 3, (1,), (1, 2), {"x": 3})], "placed in no class"),
        ([Regrouping("north", 3, (1,), (n,), {}) for n in (1, 2)], "regrouped twice"),
    ],
)
def test_what_contradicts_itself_is_refused(regroupings: list[Regrouping], says: str) -> None:
    with pytest.raises(NotConsistent, match=says):
        plan([], year=2026, offers=[], regroupings=regroupings)


def test_a_pupil_that_stands_twice_is_refused() -> None:
    with pytest.raises(NotConsistent, match="3-1-000 stands twice"):
        plan(pupils(1, 1) * 2, year=2026, offers=[SIX])


PUPILS = st.lists(
    st.builds(
        PupilNow,
        id=st.uuids().map(str),
        school=st.sampled_from(["north", "south", "gone"]),
        school_year=st.sampled_from([2026, 2026, 2026, 2025]),
        grade=st.integers(1, 9),
        number=st.sampled_from([None, 1, 1, 2]),
        state=st.sampled_from(["studying", "studying", "suspended", "dropped_out"]),
        held_back=st.sampled_from([False, False, True]),
    ),
    unique_by=lambda pupil: pupil.id,
    max_size=40,
)


@given(everybody=PUPILS, there=st.integers(0, 60), chance=st.randoms(use_true_random=False))
@examples(60)
def test_everybody_comes_out_once_and_no_class_is_too_large(
    everybody: list[PupilNow], there: int, chance: random.Random
) -> None:
    offers = [SIX, Offer("south", 1, 4), Offer("south", 7, 9)]
    full = {ClassKey("north", 4, 1): there}
    found = plan(everybody, year=2026, offers=offers, there=full)
    out = [
        *(move.pupil for move in found.moves),
        *found.graduates,
        *(row.pupil for row in found.unmoved),
    ]
    assert Counter(out) == Counter(pupil.id for pupil in everybody)
    assert all(each.size <= each.most == 55 for each in found.classes)
    assert Counter(move.to for move in found.moves) == {
        each.key: each.arriving for each in found.classes
    }
    chance.shuffle(everybody)
    assert plan(everybody, year=2026, offers=offers, there=full) == found
    assert all(told(row.why, row.figures) for row in found.unmoved)


def test_a_standing_of_the_coming_year_is_not_ended_before_it_began() -> None:
    late = pupils(1, 1)[0]._replace(began_later=True)
    (row,) = plan([late], year=2026, offers=[SIX]).unmoved
    assert (row.why, row.figures) == (Why.BEGAN_LATER, (3,))


def test_who_is_held_back_needs_room_in_its_grade() -> None:
    """Grade 3 will have the 54 of grade 2 in its only class: one more fits, two do not."""
    below = pupils(54, 1, grade=2)
    stay = [pupil._replace(held_back=True) for pupil in pupils(2, 1)]
    (one,) = plan([*below, stay[0]], year=2026, offers=[SIX]).unmoved
    assert one.why is Why.HELD_BACK
    found = plan([*below, *stay], year=2026, offers=[SIX]).unmoved
    assert [(row.why, row.figures) for row in found] == [(Why.NO_ROOM, (3, 56, 55))] * 2
    waiting = {ClassKey("north", 3, 0): 1}
    (late,) = plan([*below, stay[0]], year=2026, offers=[SIX], there=waiting).unmoved
    assert late.why is Why.NO_ROOM
    two = [Offer("north", 1, 6, 2), Offer("south", 1, 6, 9)]
    (fits,) = plan([*below, stay[0]], year=2026, offers=two, there=waiting).unmoved
    assert fits.why is Why.HELD_BACK


FIGURES = {
    Why.CLASS_TOO_LARGE: (4, 1, 56, 55),
    Why.NO_ROOM: (4, 56, 55),
    Why.OLD_YEAR: (2024, 3),
    Why.SCHOOL_ENDS: (4, 3),
}


def test_every_reason_has_a_name_and_a_sentence_with_its_figures() -> None:
    assert set(TITLES) == set(Why)
    for why in Why:
        figures = FIGURES.get(why, (4,))
        assert str(figures[0]) in told(why, figures)


def test_a_hundred_thousand_pupils_all_have_their_place() -> None:
    district = [
        PupilNow(f"{i:06}", f"s{i // 720:03}", 2026, 1 + i // 90 % 8, 1 + i % 90 // 45)
        for i in range(100_000)
    ]
    offers = [Offer(f"s{school:03}", 1, 9) for school in range(140)]
    found = plan(district, year=2026, offers=offers)
    assert found.counts["unmoved"] == 0
