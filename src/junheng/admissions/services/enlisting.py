"""From checked applications to the list of a round: the same files that an officer could load.

So the list goes the way of all lists: every fault told, a preview, a fingerprint, two people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from junheng.accounts.facade import User
from junheng.admissions.files.canonical import write_csv
from junheng.admissions.files.layout import APPLICANTS, CHOICES, SCHOOLS, ZONES
from junheng.admissions.models import (
    Application,
    Round,
    RoundApplicant,
    RoundInput,
    RoundSchool,
    RoundUpload,
    RoundZoneSchool,
)
from junheng.admissions.services import loading, on_roster
from junheng.admissions.services.acts import OutOfTurn
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place
from junheng.registry.facade import schools_of, zones_of

State = Application.State
OPEN_ENDS = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
OF_THE_DIVERSION = ("mode", "max_distance_m", "silence", "unranked")
OF_THE_LOTTERY = ("method", "by_lottery")
OF_THE_ROUND = ("class_cap", "priority", "choices_only", "bbox")
SHOWN = 5


class Unsettled(OutOfTurn):
    """Families still wait for an answer, so the list cannot be frozen."""


class LeftOut(OutOfTurn):
    """A checked application is not on the list."""


class Twice(OutOfTurn):
    """A child stands on the list by a roster and by its family's own application."""


class NobodyPassed(Refusal):
    """There is nobody to put on a list."""


def make_list(the_round: Round, *, by: User) -> RoundUpload:
    """The files of a list of all who passed, kept and waiting to be read and confirmed.

    Raises:
        NobodyPassed: If nobody passed.
    """
    rows = passed(the_round)
    if not rows:
        raise NobodyPassed(_("No application is checked yet, so there is no list."))
    return loading.receive(the_round.place, files_of(the_round, rows, reported(the_round)), by)


def passed(the_round: Round) -> list[Application]:
    """Applications that passed, by code."""
    rows = Application.objects.filter(round=the_round, state=State.PASSED)
    return list(rows.exclude(channel=Application.Channel.ROSTER).order_by("code"))


def reported(the_round: Round) -> list[RoundApplicant]:
    """Children of the list that is loaded whom a roster names and no family took over, by code."""
    named = Application.objects.filter(
        round=the_round, state=State.PASSED, channel=Application.Channel.ROSTER
    )
    rows = RoundApplicant.objects.filter(input=the_round.input_id, code__in=named.values("code"))
    rows = rows.select_related("zone", "sibling_school").prefetch_related("choices__school")
    return list(rows.order_by("code"))


def files_of(
    the_round: Round, rows: Iterable[Application], listed: Sequence[RoundApplicant] = ()
) -> dict[str, bytes]:
    """The round as files: announced rules and plan, zones of the register, and the children.

    Args:
        the_round: The round.
        rows: Applications that passed.
        listed: Children of a roster, as the list that is loaded has them.
    """
    held = list(rows)
    day = date(the_round.year, 9, 1)
    homes = _homes(held, the_round)
    wishes = [*_wishes(held), *_choices(listed)]
    return {
        "round.toml": _toml(the_round),
        "schools.csv": write_csv(tuple(SCHOOLS.columns), _schools(the_round, day)),
        "zones.csv": write_csv(tuple(ZONES.columns), _zones(the_round, day)),
        "applicants.csv": write_csv(
            tuple(APPLICANTS.columns),
            sorted([*(_applicant(row, homes) for row in held), *map(_as_listed, listed)]),
        ),
        "choices.csv": write_csv(tuple(CHOICES.columns), sorted(wishes, key=itemgetter(0))),
    }


def sections_of(
    ref: str, year: int, level: str, rules: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Rules as `round.toml` has them, by section and key."""
    head: dict[str, Any] = {"ref": ref, "year": year, "level": level}
    if rules.get("version", 1) > 1:
        head["version"] = rules["version"]
    return {
        "round": head | _given(rules, OF_THE_ROUND),
        "lottery": _given(rules, OF_THE_LOTTERY),
        "diversion": _given(rules, OF_THE_DIVERSION),
    }


def _toml(the_round: Round) -> bytes:
    sections = sections_of(the_round.ref, the_round.year, the_round.level, the_round.rules)
    lines = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items()]
    return "\n".join([*lines, ""]).encode()


def _given(rules: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: rules[name] for name in names if rules.get(name) not in (None, "")}


def _schools(the_round: Round, day: date) -> Iterator[tuple[str, ...]]:
    known = schools_of(the_round.place, on=day, level=the_round.level)
    points = {school.code: (school.lon, school.lat) for school in known}
    before = RoundSchool.objects.filter(input__in=before_it(the_round))
    points |= {code: (lon, lat) for code, lon, lat in before.values_list("code", "lon", "lat")}
    for row in the_round.plan.order_by("code"):
        point = points.get(row.code, (None, None))
        figures = (row.classes, row.class_size, row.continuing, row.reserved)
        yield (row.code, row.name, row.township, *_degrees(*point), *map(str, figures))


def _zones(the_round: Round, day: date) -> Iterator[tuple[str, ...]]:
    """As the first round had them, for a second one; those of the register besides."""
    before = RoundZoneSchool.objects.filter(zone__input__in=before_it(the_round))
    rows = before.order_by("zone__code", "rank").values_list(
        "zone__code", "rank", "school__code", "zone__name"
    )
    known = set()
    for code, rank, school, name in rows:
        known.add(code)
        yield (code, str(rank), school, name)
    for zone in zones_of(the_round.place, on=day, level=the_round.level):
        for place, school in enumerate(zone.schools if zone.code not in known else (), start=1):
            yield (zone.code, str(place), school, zone.name)


def before_it(the_round: Round) -> QuerySet[RoundInput]:
    """The frozen list of the first round of a second one; nothing for any other."""
    first = Round.objects.filter(second_round=the_round.pk)
    return RoundInput.objects.filter(pk__in=first.values("input"))


def _homes(
    rows: Iterable[Application], the_round: Round
) -> dict[str, tuple[float | None, float | None]]:
    """Where each child lives, by code: as the first round says, else its village or block."""
    paths = {row.code: row.path for row in rows}
    places = Place.objects.filter(path__in=set(paths.values())).values_list("path", "lon", "lat")
    points = {path: (lon, lat) for path, lon, lat in places}
    homes = {code: points.get(path, (None, None)) for code, path in paths.items()}
    before = RoundApplicant.objects.filter(input__in=before_it(the_round), code__in=paths)
    return homes | {code: (lon, lat) for code, lon, lat in before.values_list("code", "lon", "lat")}


def _applicant(
    row: Application, homes: Mapping[str, tuple[float | None, float | None]]
) -> tuple[str, ...]:
    point = _degrees(*homes[row.code])
    return (row.code, row.zone, *point, str(row.tier), row.sibling_school, row.group)


def _as_listed(row: RoundApplicant) -> tuple[str, ...]:
    """A child of a roster, as the list before had it."""
    zone = row.zone.code if row.zone else ""
    school = row.sibling_school.code if row.sibling_school else ""
    return (row.code, zone, *_degrees(row.lon, row.lat), str(row.tier), school, row.group)


def _wishes(rows: Iterable[Application]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for rank, school in enumerate(row.wishes, start=1):
            yield (row.code, str(rank), school)


def _choices(listed: Iterable[RoundApplicant]) -> Iterator[tuple[str, ...]]:
    for row in listed:
        for choice in row.choices.all():
            yield (row.code, str(choice.rank), choice.school.code)


def _degrees(lon: float | None, lat: float | None) -> tuple[str, str]:
    return ("", "") if lon is None or lat is None else (f"{lon:.6f}", f"{lat:.6f}")


def require_nobody_left(the_round: Round, loaded: RoundInput) -> None:
    """Make sure that every family has its answer, and everybody who passed is on the list once.

    Raises:
        Unsettled: If applications wait for program, reviewer or family.
        LeftOut: If somebody who passed is missing in the list, or somebody is on it who did not.
        Twice: If a child is on it by a roster and by its family.
    """
    every = Application.objects.filter(round=the_round)
    online = every.exclude(channel=Application.Channel.ROSTER)
    waiting = online.filter(state__in=OPEN_ENDS).count()
    if waiting:
        raise Unsettled(
            ngettext(
                "%d application is not settled yet. Settle it before the list is frozen.",
                "%d applications are not settled yet. Settle them before the list is frozen.",
                waiting,
            )
            % waiting
        )
    listed = RoundApplicant.objects.filter(input=loaded)
    gone = online.filter(state=State.PASSED).exclude(code__in=listed.values("code"))
    stale = (
        every.filter(state__in=(State.REFUSED, State.WITHDRAWN))
        .filter(code__in=listed.values("code"))
        .exclude(code__in=every.filter(state=State.PASSED).values("code"))
    )
    wrong = [*gone.values_list("number", flat=True), *stale.values_list("number", flat=True)]
    if wrong:
        raise LeftOut(
            _("The list is not that of the applications (%s). Make the list again.")
            % _(", ").join(sorted(wrong)[:SHOWN])
        )
    _require_once(every.filter(state=State.PASSED, code__in=listed.values("code")))


def _require_once(held: QuerySet[Application]) -> None:
    """Whoever came by both ways at one time is found here, whichever was first."""
    by_roster = held.filter(channel=Application.Channel.ROSTER)
    own = held.exclude(channel=Application.Channel.ROSTER)
    if not own.exists():
        return
    found = next(on_roster.twice(by_roster, own), None)
    if found is not None:
        words = _(
            "One child is on the list twice: %(roster)s came with the roster, %(own)s from its "
            "family. Take the child out of the files and load them again, or the roster back."
        )
        raise Twice(words % {"roster": found[0], "own": found[1]})
