"""From checked applications to the list of a round: the same files that an officer could load.

So the list goes the way of all lists: every fault told, a preview, a fingerprint, two people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from junheng.accounts.facade import User
from junheng.admissions.files.canonical import write_csv
from junheng.admissions.files.layout import APPLICANTS, CHOICES, SCHOOLS, ZONES
from junheng.admissions.models import Application, Round, RoundApplicant, RoundInput, RoundUpload
from junheng.admissions.services import loading
from junheng.admissions.services.acts import OutOfTurn
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place
from junheng.registry.facade import ZoneFacts, schools_of, zones_of

State = Application.State
OPEN_ENDS = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
OF_THE_DIVERSION = ("mode", "max_distance_m", "silence", "unranked")
OF_THE_ROUND = ("class_cap", "priority", "choices_only", "bbox")
SHOWN = 5


class Unsettled(OutOfTurn):
    """Families still wait for an answer, so the list cannot be frozen."""


class LeftOut(OutOfTurn):
    """A checked application is not on the list."""


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
    return loading.receive(the_round.place, files_of(the_round, rows), by)


def passed(the_round: Round) -> list[Application]:
    """Applications that passed, by code."""
    rows = Application.objects.filter(round=the_round, state=State.PASSED)
    return list(rows.exclude(channel=Application.Channel.ROSTER).order_by("code"))


def files_of(the_round: Round, rows: Iterable[Application]) -> dict[str, bytes]:
    """The round as files: announced rules and plan, zones of the register, children who passed."""
    held = list(rows)
    day = date(the_round.year, 9, 1)
    zones = zones_of(the_round.place, on=day, level=the_round.level)
    homes = _homes(held)
    return {
        "round.toml": _toml(the_round),
        "schools.csv": write_csv(tuple(SCHOOLS.columns), _schools(the_round, day)),
        "zones.csv": write_csv(tuple(ZONES.columns), _zones(zones)),
        "applicants.csv": write_csv(
            tuple(APPLICANTS.columns), (_applicant(row, homes) for row in held)
        ),
        "choices.csv": write_csv(
            tuple(CHOICES.columns),
            (
                (row.code, str(rank), school)
                for row in held
                for rank, school in enumerate(row.wishes, start=1)
            ),
        ),
    }


def _toml(the_round: Round) -> bytes:
    rules: Mapping[str, Any] = the_round.rules
    head = {"ref": the_round.ref, "year": the_round.year, "level": the_round.level}
    if rules.get("version", 1) > 1:
        head["version"] = rules["version"]
    sections = {
        "round": head | _given(rules, OF_THE_ROUND),
        "lottery": {"method": rules["method"]},
        "diversion": _given(rules, OF_THE_DIVERSION),
    }
    lines = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items()]
    return "\n".join([*lines, ""]).encode()


def _given(rules: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: rules[name] for name in names if rules.get(name) not in (None, "")}


def _schools(the_round: Round, day: date) -> Iterator[tuple[str, ...]]:
    known = {
        school.code: school for school in schools_of(the_round.place, on=day, level=the_round.level)
    }
    for row in the_round.plan.order_by("code"):
        school = known.get(row.code)
        point = (school.lon, school.lat) if school else (None, None)
        figures = (row.classes, row.class_size, row.continuing, row.reserved)
        yield (row.code, row.name, row.township, *_degrees(*point), *map(str, figures))


def _zones(zones: Iterable[ZoneFacts]) -> Iterator[tuple[str, ...]]:
    for zone in zones:
        for rank, school in enumerate(zone.schools, start=1):
            yield (zone.code, str(rank), school, zone.name)


def _homes(rows: Iterable[Application]) -> dict[str, tuple[float | None, float | None]]:
    """Where the village or block of each home lies, by path; that is as exact as it is known."""
    paths = {row.path for row in rows}
    places = Place.objects.filter(path__in=paths).values_list("path", "lon", "lat")
    return {path: (lon, lat) for path, lon, lat in places}


def _applicant(
    row: Application, homes: Mapping[str, tuple[float | None, float | None]]
) -> tuple[str, ...]:
    point = _degrees(*homes.get(row.path, (None, None)))
    return (row.code, row.zone, *point, str(row.tier), row.sibling_school, row.group)


def _degrees(lon: float | None, lat: float | None) -> tuple[str, str]:
    return ("", "") if lon is None or lat is None else (f"{lon:.6f}", f"{lat:.6f}")


def require_nobody_left(the_round: Round, loaded: RoundInput) -> None:
    """Make sure that every family has its answer, and everybody who passed is on the list.

    Raises:
        Unsettled: If applications wait for program, reviewer or family.
        LeftOut: If somebody who passed is missing in the list, or somebody is on it who did not.
    """
    online = Application.objects.filter(round=the_round).exclude(channel=Application.Channel.ROSTER)
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
        online.filter(state__in=(State.REFUSED, State.WITHDRAWN))
        .filter(code__in=listed.values("code"))
        .exclude(code__in=online.filter(state=State.PASSED).values("code"))
    )
    wrong = [*gone.values_list("number", flat=True), *stale.values_list("number", flat=True)]
    if wrong:
        raise LeftOut(
            _("The list is not that of the applications (%s). Make the list again.")
            % _(", ").join(sorted(wrong)[:SHOWN])
        )
