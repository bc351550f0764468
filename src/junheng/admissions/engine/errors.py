"""Why a round cannot be run: faults in the input that only the run itself can find.

Each names every child or school concerned at once, by index into the round's columns, so
that the caller can point at all the rows and not only at the first.
"""

from __future__ import annotations


class RoundRefused(ValueError):
    """The round as given cannot be run; nothing was decided.

    Attributes:
        children: Indexes of the children concerned, ascending.
        schools: Indexes of the schools concerned; beside `children`, pair by pair, in
            `DistancesMissing` and `AnswersAstray`.
    """

    def __init__(
        self, message: str, *, children: tuple[int, ...] = (), schools: tuple[int, ...] = ()
    ) -> None:
        super().__init__(message)
        self.children = children
        self.schools = schools


class SeedRefused(RoundRefused):
    """There is no seed, or it does not suit the method of drawing."""


class GroupsDiffer(RoundRefused):
    """Members of a group differ in zone, tier, sibling school or choices."""


class HomesMissing(RoundRefused):
    """These children have to be diverted, but it is not known where they live."""


class SitesMissing(RoundRefused):
    """These schools have seats for diversion, but it is not known where they stand."""


class DistancesMissing(RoundRefused):
    """The table of distances lacks pairs that the round uses."""


class DistancesTooLong(RoundRefused):
    """Distances are so long that no price could prove the plan (10,000 km and more)."""


class AnswersAstray(RoundRefused):
    """Families ranked schools that they were not offered; pairs of a child and a school."""


class MovesTooMany(RoundRefused):
    """So many schools ask for the same sites that the best plan cannot be found for sure."""
