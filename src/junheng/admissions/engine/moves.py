"""Which grade moves to which site: the best plan of all, found by looking at every one.

A grade goes whole to one host or stays. As many children without a seat as possible get one;
among such plans the children of all grades together go the fewest metres from school to host;
among such plans the school with the lowest id goes to the host with the lowest id, and so on,
staying counting as last. Schools that share no host do not concern each other, so each cluster
is searched by itself, and what cannot beat the best plan so far is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from junheng.admissions.engine.types import NONE

MOST_STEPS = 500_000
"""Steps of the search after which it gives up: some seconds, many more than a county needs."""


@dataclass(frozen=True, slots=True)
class Need:
    """A grade that asks for a site.

    Attributes:
        children: Seats it needs, all at one host.
        without_seat: Children who get a seat by the move, at least 1.
        options: (host, metres from the school), by host.
    """

    children: int
    without_seat: int
    options: tuple[tuple[int, int], ...]


class TooManySteps(Exception):
    """The best plan was not found for sure; `needs` are the indexes of the cluster."""

    def __init__(self, needs: Sequence[int]) -> None:
        super().__init__("too many plans to look at")
        self.needs = tuple(needs)


def best_moves(needs: Sequence[Need], room: Sequence[int]) -> list[int]:
    """The best plan.

    Args:
        needs: The grades, by school.
        room: Free seats of each host.

    Returns:
        Host of each grade, or NONE if it stays.

    Raises:
        TooManySteps: If a cluster is too large to be sure.
    """
    hosts = [NONE] * len(needs)
    for cluster in clusters(needs):
        search = _Search([needs[n] for n in cluster], list(room))
        try:
            search.go(0, 0, 0)
        except _GivenUp:
            raise TooManySteps(cluster) from None
        for n, host in zip(cluster, search.best, strict=True):
            hosts[n] = host
    return hosts


def clusters(needs: Sequence[Need]) -> list[list[int]]:
    """Grades that could come into each other's way, directly or through others, in order."""
    found: list[tuple[set[int], list[int]]] = []
    for n, need in enumerate(needs):
        hosts, members = {host for host, _ in need.options}, [n]
        touched = [cluster for cluster in found if cluster[0] & hosts]
        for cluster in touched:
            hosts |= cluster[0]
            members = cluster[1] + members
            found.remove(cluster)
        found.append((hosts, sorted(members)))
    return [members for _, members in found]


class _GivenUp(Exception):
    """Too many steps."""


class _Search:
    """Depth first, grades and hosts in order, so that the first of equal plans is the one."""

    def __init__(self, needs: list[Need], room: list[int]) -> None:
        self.needs, self.room, self.steps = needs, room, 0
        self.plan: list[int] = []
        self.best: list[int] = []
        self.value = (-1, 0)

    def go(self, at: int, seated: int, metres: int) -> None:
        """Try every choice of the grades from `at` on that could beat the best plan."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _GivenUp
        if self._bound(at, seated, metres) <= self.value:
            return
        if at == len(self.needs):
            self.value, self.best = (seated, -metres), self.plan.copy()
            return
        need = self.needs[at]
        for host, way in self._open(need):
            self.room[host] -= need.children
            self.plan.append(host)
            self.go(at + 1, seated + need.without_seat, metres + way * need.children)
            self.plan.pop()
            self.room[host] += need.children
        self.plan.append(NONE)
        self.go(at + 1, seated, metres)
        self.plan.pop()

    def _bound(self, at: int, seated: int, metres: int) -> tuple[int, int]:
        """What no plan from here can beat: every grade that still fits somewhere moves there."""
        for need in self.needs[at:]:
            if ways := [way for _, way in self._open(need)]:
                seated += need.without_seat
                metres += min(ways) * need.children
        return seated, -metres

    def _open(self, need: Need) -> list[tuple[int, int]]:
        return [option for option in need.options if self.room[option[0]] >= need.children]
