"""The turn of the year: who moves up to which class, who graduates, who is not moved and why.

A pure function of what stands in the register on the day of the dry run. It gives reasons as
codes and figures; the sentences are made in `registry/sentences`. Nobody drops out of the
answer: a pupil that goes in comes out once, as moved, as graduating, or as not moved.

Source: issue 5, 2; the cap of a class by REG-3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from junheng.kernel.levels import Grade
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.engine.roll_over_types import (
    AWAY,
    ClassKey,
    Move,
    NextClass,
    Offer,
    Plan,
    PupilNow,
    Regrouping,
    Unmoved,
    Why,
)


class NotConsistent(ValueError):
    """What was given contradicts itself."""


def plan(
    pupils: Iterable[PupilNow],
    *,
    year: int,
    offers: Iterable[Offer],
    regroupings: Iterable[Regrouping] = (),
    there: Mapping[ClassKey, int] | None = None,
    limits: Mapping[ClassKey, int] | None = None,
) -> Plan:
    """Say for every pupil what becomes of it when the school year ends.

    A class goes on under its number one grade higher unless a regrouping says otherwise. Who is
    in the last grade of a level (6 or 9) graduates; what follows is an admission.

    Args:
        pupils: Everybody who stands in the register, in any order; each once.
        year: Calendar year in which the school year that ends began.
        offers: What schools offer in the coming year.
        regroupings: Classes that do not simply go on; no class in two of them.
        there: Pupils that classes of the coming year have already; under number 0 those of the
            grade who are in no class yet. 0 where nothing stands.
        limits: The most that a class of the coming year may have where that is not the cap, as
            for a class that was large before this system began. It holds only where the class
            goes on as it is.

    Returns:
        The plan, the same for the same values in any order.

    Raises:
        NotConsistent: If a pupil stands twice, a class is in two regroupings, or a pupil is
            placed in a class that its regrouping does not have.
    """
    todo, offered = sorted(pupils, key=_place), tuple(offers)
    _refuse_doubles([pupil.id for pupil in todo], "the pupil %s stands twice")
    ends = {
        (offer.school, grade): offer.highest_grade
        for offer in offered
        for grade in range(offer.lowest_grade, offer.highest_grade + 1)
    }
    turn = _Turn(year, ends, _by_source(regroupings))
    judged = [(pupil, turn.of(pupil)) for pupil in todo]
    return _limited(_roomy(judged, offered, there or {}, limits or {}), there or {}, limits or {})


def _place(pupil: PupilNow) -> tuple[str, int, int, str]:
    return pupil.school, pupil.grade, pupil.number or 0, pupil.id


def _refuse_doubles(values: list[str], complaint: str) -> None:
    if len(set(values)) < len(values):
        ((value, _count),) = Counter(values).most_common(1)
        raise NotConsistent(complaint % value)


def _by_source(regroupings: Iterable[Regrouping]) -> dict[ClassKey, Regrouping]:
    found: dict[ClassKey, Regrouping] = {}
    for group in regroupings:
        for pupil, number in group.placed.items():
            if number not in group.targets:
                raise NotConsistent(f"the pupil {pupil} is placed in no class of its regrouping")
        for number in group.sources:
            key = ClassKey(group.school, group.grade, number)
            if found.setdefault(key, group) is not group:
                raise NotConsistent(f"the class {key} is regrouped twice")
    return found


_GRADUATES = "graduates"
_Fate = ClassKey | tuple[Why, tuple[int, ...]] | str


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one pupil's standing leads to, before anybody counts the classes."""

    year: int
    ends: Mapping[tuple[str, int], int]
    regrouped: Mapping[ClassKey, Regrouping]

    def of(self, pupil: PupilNow) -> _Fate:
        grade = pupil.grade
        if away := AWAY.get(pupil.state):
            return away, (grade,)
        if pupil.school_year < self.year:
            return Why.OLD_YEAR, (pupil.school_year, grade)
        if pupil.began_later:
            return Why.BEGAN_LATER, (grade,)
        if pupil.held_back:
            return Why.HELD_BACK, (grade,)
        if pupil.number is None:
            return Why.NO_CLASS, (grade,)
        if grade == _last_of_level(grade):
            return _GRADUATES
        return self._onward(pupil, pupil.number)

    def _onward(self, pupil: PupilNow, number: int) -> _Fate:
        grade = pupil.grade
        highest = self.ends.get((pupil.school, grade))
        if highest is None:
            return Why.NO_SCHOOL, (grade,)
        if grade == highest:
            return Why.SCHOOL_ENDS, (grade + 1, highest)
        group = self.regrouped.get(ClassKey(pupil.school, grade, number))
        if group is None:
            return ClassKey(pupil.school, grade + 1, number)
        only = group.targets[0] if len(group.targets) == 1 else None
        target = group.placed.get(pupil.id, only)
        if target is None:
            return Why.UNPLACED, (number,)
        return ClassKey(pupil.school, grade + 1, target)


_LAST = {grade: Grade(grade).level.grades[-1].number for grade in range(1, 10)}


def _last_of_level(grade: int) -> int:
    return _LAST[grade]


def _roomy(
    judged: list[tuple[PupilNow, _Fate]],
    offers: Iterable[Offer],
    there: Mapping[ClassKey, int],
    limits: Mapping[ClassKey, int],
) -> list[tuple[PupilNow, _Fate]]:
    """Let nobody be held back in a grade whose classes have no room for all who are."""
    held = Counter(
        (pupil.school, pupil.grade) for pupil, fate in judged if fate[0] is Why.HELD_BACK
    )
    if not held:
        return judged
    coming = {
        key: each for key, each in _classes(judged, there, limits).items() if not each.too_large
    }
    sizes = dict(there) | {key: each.size for key, each in coming.items()}
    full: dict[tuple[str, int], tuple[Why, tuple[int, ...]]] = {}
    for (school, grade), count in held.items():
        inside = {key: size for key, size in sizes.items() if key[:2] == (school, grade)}
        planned = max((o.classes for o in offers if _teaches(o, school, grade)), default=0)
        most = max(planned, sum(key.number > 0 for key in inside)) * CLASS_CAP
        if (total := count + sum(inside.values())) > most:
            full[school, grade] = (Why.NO_ROOM, (grade, total, most))
    return [
        (pupil, full.get((pupil.school, pupil.grade), fate) if fate[0] is Why.HELD_BACK else fate)
        for pupil, fate in judged
    ]


def _teaches(offer: Offer, school: str, grade: int) -> bool:
    return offer.school == school and offer.lowest_grade <= grade <= offer.highest_grade


def _limited(
    judged: list[tuple[PupilNow, _Fate]],
    there: Mapping[ClassKey, int],
    limits: Mapping[ClassKey, int],
) -> Plan:
    """Count the classes, and take back the moves into those that would be too large."""
    classes = _classes(judged, there, limits)
    refused = {key: each for key, each in classes.items() if each.too_large}
    moves: list[Move] = []
    graduates: list[str] = []
    unmoved: list[Unmoved] = []
    for pupil, fate in judged:
        if isinstance(fate, str):
            graduates.append(pupil.id)
        elif isinstance(fate, ClassKey) and fate not in refused:
            moves.append(Move(pupil.id, fate))
        else:
            why, figures = _too_large(refused[fate]) if isinstance(fate, ClassKey) else fate
            unmoved.append(Unmoved(pupil.id, pupil.school, pupil.grade, pupil.number, why, figures))
    return Plan(
        tuple(moves),
        tuple(graduates),
        tuple(unmoved),
        tuple(each for key, each in sorted(classes.items()) if key not in refused),
        tuple(each for _key, each in sorted(refused.items())),
    )


def _too_large(target: NextClass) -> tuple[Why, tuple[int, ...]]:
    return Why.CLASS_TOO_LARGE, (target.key.grade, target.key.number, target.size, target.most)


def _classes(
    judged: list[tuple[PupilNow, _Fate]],
    there: Mapping[ClassKey, int],
    limits: Mapping[ClassKey, int],
) -> dict[ClassKey, NextClass]:
    arriving: Counter[ClassKey] = Counter()
    sources: dict[ClassKey, set[int]] = {}
    for pupil, fate in judged:
        if isinstance(fate, ClassKey) and pupil.number is not None:
            arriving[fate] += 1
            sources.setdefault(fate, set()).add(pupil.number)
    return {
        key: NextClass(
            key,
            tuple(sorted(sources[key])),
            count,
            there.get(key, 0),
            limits.get(key, CLASS_CAP) if sources[key] == {key.number} else CLASS_CAP,
        )
        for key, count in arriving.items()
    }
