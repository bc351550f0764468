"""Who sees which rows: one `for_user()` per table, on the tree of places.

The bureau's people see whole rounds of their county; a township sees its schools, and the
children who live there or go there; a school sees itself and those who go there. Nobody else
learns that a round exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from junheng.places.facade import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from junheng.accounts.models import User

COUNTY = frozenset({Role.BUREAU_LEADER, Role.ADMISSIONS_OFFICER, Role.AUDITOR})
"""See every row of a round, and runs that are under way or failed."""
TOWNSHIP = frozenset({Role.TOWNSHIP_OFFICER})
SCHOOL = frozenset({Role.SCHOOL_CLERK, Role.SCHOOL_HEAD})
READERS = COUNTY | TOWNSHIP | SCHOOL
OFFICERS = frozenset({Role.ADMISSIONS_OFFICER})
"""Load rounds and run them."""


class RoundQuerySet(models.QuerySet[Any]):
    """Rounds."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Whole rounds for the bureau; for townships and schools those they take part in."""
        return self.filter(_whole(user, "path") | _part(user) | _planned_for(user))

    def run_by(self, user: User | AnonymousUser) -> Self:
        """Rounds that somebody may load and run."""
        return self.filter(_within(user, "path", OFFICERS))

    def public(self) -> Self:
        """Rounds that everybody may read of: those that were opened."""
        return self.exclude(state="planned")


class RoundRunQuerySet(models.QuerySet[Any]):
    """Runs of rounds."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Runs of visible rounds; townships and schools see only those that are done."""
        done = Q(run__state="done") & _part(user, "round__", "input")
        return self.filter(_whole(user, "round__path") | done)


class SchoolQuerySet(models.QuerySet[Any]):
    """Schools of a round, and their results: whatever keeps a school's path."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The schools at or below somebody's place."""
        return self.filter(_within(user, "path", READERS))


class PlacementQuerySet(models.QuerySet[Any]):
    """What became of children."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Children who live in somebody's place or were seated at a school there."""
        homes = _within(user, "path", COUNTY | TOWNSHIP)
        return self.filter(homes | _within(user, "school_path", TOWNSHIP | SCHOOL))


class ApplicationQuerySet(models.QuerySet[Any]):
    """Who stands behind the codes."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The county's or township's for its officers; schools see what they typed in."""
        typed_in = _within(user, "entered_by__home__path", SCHOOL)
        return self.filter(_within(user, "path", COUNTY | TOWNSHIP) | typed_in)

    def of_family(self, user: User | AnonymousUser) -> Self:
        """The children of a family that is signed in."""
        return self.filter(family=user.pk) if user.pk else self.none()


class QuotaPlanQuerySet(models.QuerySet[Any]):
    """Plans of quota seats."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Those of the county, for its bureau; for others those that published them a share."""
        shares = apps.get_model("admissions", "QuotaShare").objects.for_user(user)
        published = shares.filter(run__plan=OuterRef("pk"), run__run__published_at__isnull=False)
        return self.filter(_whole(user, "path") | Q(Exists(published)))

    def run_by(self, user: User | AnonymousUser) -> Self:
        """Those that somebody may fill in and run."""
        return self.filter(_within(user, "path", OFFICERS))


class ObjectionQuerySet(models.QuerySet[Any]):
    """What families say against results."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole county's for the bureau; a family reads them on its application's page."""
        return self.filter(_within(user, "round__path", COUNTY))


class SeatDecisionQuerySet(models.QuerySet[Any]):
    """Seats decided since a result."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole round's for the bureau, those of their schools for townships and schools."""
        whole = _within(user, "round__path", COUNTY)
        return self.filter(whole | _within(user, "school_path", TOWNSHIP | SCHOOL))

    def newest(self) -> Self:
        """Those that hold: nothing replaced them."""
        return self.filter(replaced_by=None)


class QuotaRunQuerySet(models.QuerySet[Any]):
    """Runs of quota seats."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """All for the bureau; others see what was published of the plans that they see."""
        plans = apps.get_model("admissions", "QuotaPlan").objects.for_user(user)
        published = Q(run__published_at__isnull=False)
        return self.filter(_whole(user, "plan__path") | published, plan__in=plans)


class AttendanceQuerySet(models.QuerySet[Any]):
    """Who came to check in."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole round's for the bureau, those of their schools for townships and schools."""
        whole = _within(user, "round__path", COUNTY)
        return self.filter(whole | _within(user, "school_path", TOWNSHIP | SCHOOL))


class SeatOfferQuerySet(models.QuerySet[Any]):
    """Seats offered from waiting lists."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole county's for the bureau; a family reads its own on its page."""
        return self.filter(_within(user, "round__path", COUNTY))


class OfferAnswerQuerySet(models.QuerySet[Any]):
    """What families answer to offers."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole county's for the bureau; a family reads its own on its page."""
        return self.filter(_within(user, "round__path", COUNTY))


class LetterQuerySet(models.QuerySet[Any]):
    """Letters, and files of letters."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The whole round's for the bureau, those of their schools for townships and schools."""
        whole = _within(user, "round__path", COUNTY)
        return self.filter(whole | _within(user, "school_path", TOWNSHIP | SCHOOL))

    def printed_by(self, user: User | AnonymousUser) -> Self:
        """Those that somebody may print: the officer, and the school they lead to."""
        whole = _within(user, "round__path", OFFICERS)
        return self.filter(whole | _within(user, "school_path", SCHOOL))


class UploadQuerySet(models.QuerySet[Any]):
    """Files that were sent in."""

    def for_user(self, user: User | AnonymousUser) -> Self:
        """The files of somebody's county, for those who load rounds."""
        return self.filter(_within(user, "path", OFFICERS))


def _within(user: User | AnonymousUser, field: str, roles: frozenset[str]) -> Q:
    from junheng.accounts.facade import scope_q

    return scope_q(user, field, roles)


def _whole(user: User | AnonymousUser, field: str) -> Q:
    return _within(user, field, COUNTY)


def _part(user: User | AnonymousUser, prefix: str = "", school_input: str = "input") -> Q:
    """Rounds of the counties above somebody's township or school, if it takes part in them."""
    from junheng.accounts.facade import paths_of

    condition = Q(pk__in=[])
    for path in paths_of(user, TOWNSHIP | SCHOOL):
        taking_part = Exists(_schools(f"{school_input}_id", path))
        condition |= Q(**{f"{prefix}path__in": list(steps_of(path))}) & Q(taking_part)
    return condition


def _planned_for(user: User | AnonymousUser) -> Q:
    """Opened rounds whose plan names a school of somebody's township, or the own one.

    Before its list is made a round has no other trace of its schools, and their counters are
    where families are helped.
    """
    from junheng.accounts.facade import paths_of

    plan = apps.get_model("admissions", "PlannedIntake").objects
    condition = Q(pk__in=[])
    for path in paths_of(user, TOWNSHIP | SCHOOL):
        named = Exists(plan.filter(round=OuterRef("pk"), path__startswith=path))
        condition |= Q(path__in=list(steps_of(path))) & ~Q(state="planned") & Q(named)
    return condition


def _schools(input_id: str, path: str) -> models.QuerySet[Any]:
    schools: models.QuerySet[Any] = apps.get_model("admissions", "RoundSchool").objects.filter(
        input_id=OuterRef(input_id), path__startswith=path
    )
    return schools


def steps_of(path: str) -> Iterator[str]:
    """Every place on the way to a path, itself included: /99/, then /99/9901/."""
    for place, character in enumerate(path):
        if character == "/" and place:
            yield path[: place + 1]
