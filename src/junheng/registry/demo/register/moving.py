"""What is under way in the register: classes drawn in public, and children who come and go."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import Role, User
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.demo.chance import stream
from junheng.registry.demo.families import characters
from junheng.registry.demo.names import all_names
from junheng.registry.demo.people import USERNAMES
from junheng.registry.demo.register.persons import resident_ids
from junheng.registry.engine.class_assignment import NewClass
from junheng.registry.models import ClassAssignment, Movement, SchoolClass, Standing, Transfer
from junheng.registry.selectors.arrivals import Answering, Child
from junheng.registry.services import (
    arrival_step,
    class_assignments,
    class_draws,
    other_districts,
    transfers,
)
from junheng.registry.services.arrivals import Seat
from junheng.registry.services.other_districts import OtherDistrict
from junheng.registry.snapshots.class_assignments import Group, standings_of

AREA, MOTHER, MALE, FEMALE = 990400, "52", "1", "2"
ENTRY, LAST = 1, 6
SPARE = 3
"""So many pupils more than its share a class may get in a draw, so that twins find room."""
EVENT_SECONDS = 1.0
"""So long the public event of the demonstration lies ahead when the list is frozen."""
EXAMPLE, FIGURES = "03-11-28", "14-02-30"


class Cast(NamedTuple):
    """Who does it, and where."""

    officer: User
    clerk: User
    head: User
    school: Organisation


def the_cast() -> Cast | None:
    """The people of the demonstration's school and bureau; None where they are not there."""
    roles = (Role.ADMISSIONS_OFFICER, Role.SCHOOL_CLERK, Role.SCHOOL_HEAD)
    names = [USERNAMES[role] for role in roles]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    if len(users) < len(names):
        return None
    officer, clerk, head = (users[name] for name in names)
    return Cast(officer, clerk, head, clerk.home) if clerk.home else None


def take_classes_away() -> int | None:
    """Before a register is loaded: the entrants of that school are in no class, to be drawn.

    Returns:
        Whose entrants; None where nobody could draw.
    """
    cast = the_cast()
    if cast is None:
        return None
    classes = SchoolClass.objects.filter(organisation=cast.school, grade=ENTRY)
    classes.filter(school_year=_year()).delete()
    return int(cast.school.pk)


def set_moving(seed: str) -> bool:
    """Draw the classes, let one pupil go, and leave two children waiting; once."""
    cast = the_cast()
    if cast is None or Transfer.objects.exists():
        return False
    draw_classes(cast)
    with transaction.atomic():
        _away(cast)
        _coming(cast, seed)
    return True


def draw_classes(cast: Cast) -> ClassAssignment | None:
    """The draw of the entrants, from the frozen list to the published classes."""
    group, words = Group(cast.school, _year(), ENTRY), all_names().moving
    waiting = standings_of(group).count()
    if not waiting:
        return None
    several = -(-waiting // 45)
    classes = [NewClass(n + 1, -(-waiting // several) + SPARE) for n in range(several)]
    row = class_assignments.freeze_list(
        group,
        classes,
        wishes={},
        event=words["event"],
        example=EXAMPLE,
        event_at=_soon(),
        by=cast.clerk,
    )
    time.sleep(EVENT_SECONDS)
    for who in (cast.clerk, cast.head):
        row = class_draws.type_figures(row.pk, FIGURES, by=who)
    return class_draws.publish(row.pk, by=cast.head)


def _away(cast: Cast) -> None:
    """Two go to another district; of one the bureau has decided."""
    words, there = all_names().moving, Standing.objects.open().studying()
    rows = there.filter(organisation=cast.school, grade=LAST).order_by("-pupil__number")
    for decided, row in zip((True, False), rows.select_related("pupil")[:2], strict=True):
        where = OtherDistrict(words["district"], "990400", words["school"])
        asked = other_districts.release(row.pupil, where, paper=words["letter"], by=cast.clerk)
        if decided:
            transfers.approve(asked, on=timezone.localdate(), by=cast.officer)


def _coming(cast: Cast, seed: str) -> None:
    """One from another district, one by hand: each waits for somebody of the bureau."""
    words, today = all_names().moving, timezone.localdate()
    first, second = (_child(seed, number) for number in range(2))
    seat = Seat(cast.school, ENTRY, today, Movement.FROM_OUTSIDE, words["deed"])
    other_districts.apply_for(
        first,
        seat,
        OtherDistrict(words["district"], "990400", words["school"]),
        ground="home_moved",
        on=today,
        by=cast.clerk,
    )
    arrival_step.enter(second, replace(seat, paper=words["abroad"]), by=cast.clerk)


def _child(seed: str, number: int) -> Child:
    """Somebody whom nobody knows here, of the age of those who enter."""
    chance = stream(seed, f"coming {number}")
    surnames, given = characters()
    born = date(_year() - 7, 9, 2) + timedelta(days=chance.randrange(300))
    days = np.array([born], dtype="datetime64[D]")
    (resident_id,) = resident_ids(np.array([AREA + number]), days, np.array([number == 0]))
    surname = chance.choice(surnames)
    return Child(
        name=surname + chance.choice(given) + chance.choice(given),
        born_on=born,
        sex=MALE if number == 0 else FEMALE,
        resident_id=resident_id,
        ethnicity="01",
        guardian=Answering(
            name=chance.choice(surnames) + chance.choice(given),
            phone=f"1380000{9100 + number}",
            relation=MOTHER,
        ),
    )


def _year() -> int:
    return SchoolYear.of(timezone.localdate()).start


def _soon() -> datetime:
    return timezone.now() + timedelta(seconds=EVENT_SECONDS)
