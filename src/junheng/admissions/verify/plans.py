"""Is there a better plan than the one that is claimed?

Nothing is looked for but a plan that beats it, so whatever cannot is left aside: if all grades
from here on went to the nearest host that still has room and that would not be enough, no
plan that begins like this is. Grades that share no host are looked at apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

MOST_PLANS = 2_000_000
"""So many beginnings of plans are looked at in a cluster before giving up."""

Worth = tuple[int, int]
"""Children who get a seat; and, negative, the metres that all who move go. More is better."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that asks for a host.

    Attributes:
        children: Seats it needs, all at one host.
        without_seat: Children who get a seat by the move.
        ways: Metres to each host that has room for it alone.
    """

    children: int
    without_seat: int
    ways: Mapping[str, int]


class TooManyPlans(Exception):
    """Nobody could look at all of them."""


def is_beaten(grades: Sequence[Grade], claimed: Sequence[str], free: Mapping[str, int]) -> bool:
    """Whether a plan is not the first of the best, or gives a host more than it has room for.

    Args:
        grades: The grades, by school.
        claimed: Host of each, blank if it stays.
        free: Seats free at each host.

    Raises:
        TooManyPlans: If that cannot be said for sure.
    """
    return any(
        _Cluster([grades[n] for n in together], [claimed[n] for n in together], free).is_beaten()
        for together in _clusters(grades)
    )


def _clusters(grades: Sequence[Grade]) -> Iterator[list[int]]:
    """Grades linked by a host that they share, directly or through others."""
    unseen = set(range(len(grades)))
    while unseen:
        cluster, to_see = set[int](), [min(unseen)]
        while to_see:
            n = to_see.pop()
            cluster.add(n)
            linked = {m for m in unseen - cluster if grades[m].ways.keys() & grades[n].ways.keys()}
            to_see += sorted(linked)
        unseen -= cluster
        yield sorted(cluster)


class _Cluster:
    def __init__(
        self, grades: Sequence[Grade], claimed: Sequence[str], free: Mapping[str, int]
    ) -> None:
        self.grades, self.claimed = grades, claimed
        self.room = {host: free[host] for grade in grades for host in grade.ways}
        self.looked = count(1)
        moved = [(g, host) for g, host in zip(grades, claimed, strict=True) if host]
        self.seated = sum(grade.without_seat for grade, _ in moved)
        self.metres = sum(grade.children * grade.ways[host] for grade, host in moved)

    def is_beaten(self) -> bool:
        used = dict.fromkeys(self.room, 0)
        for grade, host in zip(self.grades, self.claimed, strict=True):
            if host:
                used[host] += grade.children
        overfull = any(used[host] > room for host, room in self.room.items())
        return overfull or self._beats(0, 0, 0, order=0)

    def _beats(self, n: int, seated: int, metres: int, *, order: int) -> bool:
        """Whether a plan that begins like this beats the claimed one.

        `order` is -1 if it comes before that one among equals, 1 if behind, 0 while they
        are the same.
        """
        if next(self.looked) > MOST_PLANS:
            raise TooManyPlans
        best, claimed = self._at_most(n, seated, metres), (self.seated, -self.metres)
        if best < claimed or (best == claimed and order > 0):
            return False
        if n == len(self.grades):
            return best > claimed or order < 0
        choices, mine = [*sorted(self._open(self.grades[n])), ""], self.claimed[n]
        return any(
            self._goes_on(n, seated, metres, host, order or _compared(choices, host, mine))
            for host in choices
        )

    def _goes_on(self, n: int, seated: int, metres: int, host: str, order: int) -> bool:
        if not host:
            return self._beats(n + 1, seated, metres, order=order)
        grade = self.grades[n]
        self.room[host] -= grade.children
        far = metres + grade.children * grade.ways[host]
        found = self._beats(n + 1, seated + grade.without_seat, far, order=order)
        self.room[host] += grade.children
        return found

    def _at_most(self, n: int, seated: int, metres: int) -> Worth:
        for grade in self.grades[n:]:
            if hosts := self._open(grade):
                seated += grade.without_seat
                metres += grade.children * min(grade.ways[host] for host in hosts)
        return seated, -metres

    def _open(self, grade: Grade) -> list[str]:
        return [host for host in grade.ways if self.room[host] >= grade.children]


def _compared(choices: Sequence[str], host: str, claimed: str) -> int:
    """Whether a choice comes before the claimed one (-1), is it (0), or comes behind (1)."""
    mine, other = choices.index(host), choices.index(claimed)
    return (mine > other) - (mine < other)
