"""The registers over a stretch of time as the table of facts that policies are asked of.

Rows are made in masses: the database writes files, DuckDB reads them, and no row passes through
Python. What nobody told stays missing; a no is known only of lists that are told in full.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper, Q

from junheng.aid.engine.facts import FACTS, KEYS, SQL_TYPE, STORED
from junheng.aid.models import Beneficiary, SchoolTrait, ToldInFull
from junheng.aid.models.told import IN_FULL, OF_A_SCHOOL
from junheng.aid.selectors.statuses import beneficiary_statuses, pupil_statuses
from junheng.commons.copying import copy_out
from junheng.places.facade import Level, Organisation, Place
from junheng.registry.facade import write_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

PERSONAL = tuple(name for name in IN_FULL if name not in OF_A_SCHOOL)
OF_A_HOUSEHOLD = ("registered_poor", "monitored", "subsistence", "destitute")
OTHERS = (
    *("id", "organisation", "path", "stage", "valid_from", "valid_to", "sex", "born_on"),
    *("degree", "private", "striving_class", "skills_certificate"),
    *("boarder", "disabled", "orphan", "fee_fen"),
)
"""What is told of a beneficiary; lists of pupils say nothing of them, households' do by number."""
FILES = {
    "standings": "subject VARCHAR, organisation BIGINT, grade INTEGER, state VARCHAR,"
    " valid_from DATE, valid_to DATE, sex VARCHAR, born_on DATE, entered_on DATE",
    "tags": "subject VARCHAR, fact VARCHAR, valid_from DATE, valid_to DATE",
    "schools": "organisation BIGINT, lowest INTEGER, highest INTEGER, setting VARCHAR,"
    " ownership VARCHAR, valid_from DATE, valid_to DATE",
    "organisations": "organisation BIGINT, code VARCHAR, path VARCHAR",
    "places": "code VARCHAR, path VARCHAR, level VARCHAR",
    "others": "subject VARCHAR, organisation BIGINT, path VARCHAR, stage VARCHAR,"
    " valid_from DATE, valid_to DATE, sex VARCHAR, born_on DATE, degree VARCHAR, private BOOLEAN,"
    " striving_class BOOLEAN, skills_certificate BOOLEAN, boarder BOOLEAN, disabled BOOLEAN,"
    " orphan BOOLEAN, fee BIGINT, numbered BOOLEAN",
    "told": "county VARCHAR, fact VARCHAR, valid_from DATE, valid_to DATE",
    "traits": "organisation BIGINT, fact VARCHAR, valid_from DATE, valid_to DATE",
}
"""The files, with their columns in order."""


def facts_engine(place: Place, start: date, end: date) -> Engine:
    """An engine with the table `facts` of a county or province; close it afterwards.

    Args:
        place: Whose schools and beneficiaries.
        start: First day.
        end: Last day.

    Returns:
        With `facts` (`engine.facts.KEYS`, then `STORED`), by subject and day.
    """
    from junheng.aid.snapshots.engine import connect  # DuckDB is heavy, web workers spare it

    engine = connect()
    with TemporaryDirectory() as folder:
        _write(place, start, end, Path(folder))
        for name, columns in FILES.items():
            _read(engine, name, columns, Path(folder) / f"{name}.csv")
    _take_statuses(engine, place, start, end)
    for name, value in (("start_day", start), ("end_day", end)):
        engine.execute(f"SET VARIABLE {name} = DATE '{value.isoformat()}'")
    for statement in _STEPS:
        engine.execute(statement)
    return engine


def _write(place: Place, start: date, end: date, folder: Path) -> None:
    write_rows(place, start, end, folder)
    inside = Organisation.objects.filter(path__startswith=place.path)
    above = [f"/{'/'.join(p[:n])}/" for p in [place.path.strip("/").split("/")] for n in range(9)]
    levels = Q(level__in=[Level.COUNTY, Level.TOWNSHIP])
    near = Q(path__startswith=place.path) | Q(path__in=above)
    holds = (Q(valid_to=None) | Q(valid_to__gt=start)) & Q(valid_from__lte=end)
    places = Place.objects.filter(levels, near)
    told = ToldInFull.objects.filter(holds, place__in=places)
    traits = SchoolTrait.objects.filter(holds, organisation__in=inside)
    others = Beneficiary.objects.filter(holds, path__startswith=place.path)
    numbered = ExpressionWrapper(~Q(resident_id_key=""), output_field=BooleanField())
    days = ("fact", "valid_from", "valid_to")
    for name, rows in (
        ("organisations", inside.order_by().values_list("pk", "code", "path")),
        ("places", places.order_by().values_list("code", "path", "level")),
        ("others", others.order_by().values_list(*OTHERS, numbered)),
        ("told", told.order_by().values_list("place__code", *days)),
        ("traits", traits.order_by().values_list("organisation", *days)),
    ):
        copy_out(rows, folder / f"{name}.csv")


def _read(engine: Engine, name: str, columns: str, file: Path) -> None:
    engine.execute(f"CREATE TABLE {name} ({columns})")
    if file.stat().st_size:
        named = ", ".join(
            f"'{column}': '{kind}'"
            for column, kind in (each.split() for each in columns.split(","))
        )
        engine.execute(
            f"INSERT INTO {name} SELECT * FROM read_csv('{file}', header=false, auto_detect=false,"
            f" quote='\"', escape='\"', delim=',', columns={{{named}}}, allow_quoted_nulls=false)"
        )


def _take_statuses(engine: Engine, place: Place, start: date, end: date) -> None:
    """Households' statuses stand beside the tags of the register."""
    import numpy

    found = [
        row
        for statuses_of in (pupil_statuses, beneficiary_statuses)
        for row in statuses_of(place.path, begin=start, end=end + timedelta(days=1))
    ]
    rows = [
        (one.subject, one.kind, one.valid_from, one.valid_to)
        for one in found
        if one.kind in PERSONAL
    ]
    if not rows:
        return
    names = ("subject", "fact", "valid_from", "valid_to")
    columns = zip(names, zip(*rows, strict=True), strict=True)
    given = {name: numpy.array(values, dtype=object) for name, values in columns}
    engine.register("given_statuses", given)
    engine.execute("INSERT INTO tags BY NAME SELECT * FROM given_statuses")
    engine.unregister("given_statuses")


_COVERS = "{row}.valid_from <= {day} AND ({row}.valid_to IS NULL OR {row}.valid_to > {day})"


def _covers(row: str, day: str) -> str:
    return _COVERS.format(row=row, day=day)


def _known(fact: str, told: str) -> str:
    """True where a list has somebody, false where it is in full and of them, else missing."""
    asked = "in_households" if fact in OF_A_HOUSEHOLD else "in_lists"
    of_them = "" if fact in OF_A_SCHOOL else f" AND s.{asked}"
    own = f"s.own_{fact}, " if fact in ("boarder", "disabled", "orphan") else ""
    listed = f"CASE WHEN {told}.{fact} THEN true WHEN whole.{fact}{of_them} THEN false END"
    return f"coalesce({own}{listed}) AS {fact}"


def _any_of(facts: tuple[str, ...], row: str) -> str:
    return ", ".join(f"bool_or({row}.fact = '{fact}') AS {fact}" for fact in facts)


_INSIDE = "BETWEEN getvariable('start_day') + 1 AND getvariable('end_day')"
_STEPS = (
    """
    CREATE TABLE homes AS
    SELECT o.organisation, o.code, max(p.code) FILTER (p.level = 'county') AS county,
        max(p.code) FILTER (p.level = 'township') AS township
    FROM organisations o LEFT JOIN places p ON starts_with(o.path, p.path) GROUP BY ALL
    """,
    """
    CREATE TABLE present AS
    SELECT s.subject, s.organisation, h.code AS school, h.county, h.township, s.grade,
        CASE WHEN s.grade <= 6 THEN 'primary' ELSE 'lower_secondary' END AS stage,
        nullif(s.sex, '') AS sex, s.born_on, s.entered_on, s.state = 'studying' AS studying,
        s.valid_from, s.valid_to, true AS in_lists, true AS in_households
    FROM standings s JOIN homes h USING (organisation) WHERE s.state NOT IN ('left', 'graduated')
    UNION ALL BY NAME
    SELECT o.subject, any_value(o.organisation) AS organisation, any_value(h.code) AS school,
        max(p.code) FILTER (p.level = 'county') AS county,
        max(p.code) FILTER (p.level = 'township') AS township, any_value(o.stage) AS stage,
        any_value(nullif(o.sex, '')) AS sex, any_value(o.born_on) AS born_on,
        any_value(o.valid_from) AS entered_on, true AS studying,
        any_value(o.valid_from) AS valid_from, any_value(o.valid_to) AS valid_to,
        false AS in_lists, any_value(o.numbered) AS in_households,
        any_value(nullif(o.degree, '')) AS degree, any_value(o.private) AS own_private,
        any_value(o.striving_class) AS striving_class,
        any_value(o.skills_certificate) AS skills_certificate,
        any_value(o.boarder) AS own_boarder, any_value(o.disabled) AS own_disabled,
        any_value(o.orphan) AS own_orphan, any_value(o.fee) AS fee
    FROM others o LEFT JOIN homes h USING (organisation)
    LEFT JOIN places p ON starts_with(o.path, p.path) GROUP BY o.subject
    """,
    f"""
    CREATE TABLE cuts AS
    WITH changes AS (
        SELECT organisation, valid_from AS day FROM schools UNION SELECT organisation, valid_to
        FROM schools UNION SELECT organisation, valid_from FROM traits
        UNION SELECT organisation, valid_to FROM traits
        UNION SELECT h.organisation, t.valid_from FROM told t JOIN homes h USING (county)
        UNION SELECT h.organisation, t.valid_to FROM told t JOIN homes h USING (county)
    )
    SELECT subject, greatest(valid_from, getvariable('start_day')) AS day FROM present
    UNION SELECT subject, valid_to FROM present WHERE valid_to {_INSIDE}
    UNION SELECT subject, valid_from FROM tags WHERE valid_from {_INSIDE}
    UNION SELECT subject, valid_to FROM tags WHERE valid_to {_INSIDE}
    UNION SELECT p.subject, c.day FROM changes c JOIN present p USING (organisation)
        WHERE c.day {_INSIDE}
    UNION SELECT p.subject, t.valid_from FROM present p JOIN told t USING (county)
        WHERE NOT p.in_lists AND t.valid_from {_INSIDE}
    UNION SELECT p.subject, t.valid_to FROM present p JOIN told t USING (county)
        WHERE NOT p.in_lists AND t.valid_to {_INSIDE}
    """,
    f"""
    CREATE TABLE stretches AS
    SELECT p.* EXCLUDE (valid_from, valid_to), s.day AS valid_from,
        coalesce(least(s.following, p.valid_to), s.following, p.valid_to) AS valid_to
    FROM (
        SELECT subject, day, lead(day) OVER (PARTITION BY subject ORDER BY day) AS following
        FROM cuts
    ) s JOIN present p ON p.subject = s.subject AND {_covers("p", "s.day")}
    """,
    f"""
    CREATE TABLE listed AS
    SELECT s.subject, s.valid_from, {_any_of(PERSONAL, "t")}
    FROM stretches s JOIN tags t ON t.subject = s.subject AND {_covers("t", "s.valid_from")}
    GROUP BY ALL
    """,
    f"""
    CREATE TABLE wholly AS
    SELECT s.county, s.valid_from, {_any_of(IN_FULL, "t")}
    FROM (SELECT DISTINCT county, valid_from FROM stretches) s
    JOIN told t ON t.county = s.county AND {_covers("t", "s.valid_from")} GROUP BY ALL
    """,
    f"""
    CREATE TABLE traited AS
    SELECT s.organisation, s.valid_from, {_any_of(OF_A_SCHOOL, "t")}
    FROM (SELECT DISTINCT organisation, valid_from FROM stretches) s
    JOIN traits t ON t.organisation = s.organisation AND {_covers("t", "s.valid_from")} GROUP BY ALL
    """,
    f"""
    CREATE TABLE told_facts AS
    SELECT s.subject, s.county, s.township, s.school, s.valid_from, s.valid_to, s.stage, s.grade,
        s.sex, s.born_on, s.entered_on, s.studying,
        {", ".join(_known(fact, "listed") for fact in PERSONAL)},
        {", ".join(_known(fact, "traited") for fact in OF_A_SCHOOL)},
        s.degree, s.striving_class, s.skills_certificate, s.fee,
        coalesce(schools.ownership = 'private', s.own_private) AS private_school,
        schools.setting <> 'urban' AS rural_school
    FROM stretches s
    LEFT JOIN listed USING (subject, valid_from)
    LEFT JOIN wholly AS whole ON whole.county = s.county AND whole.valid_from = s.valid_from
    LEFT JOIN traited ON traited.organisation = s.organisation
        AND traited.valid_from = s.valid_from
    LEFT JOIN schools ON schools.organisation = s.organisation
        AND s.grade BETWEEN schools.lowest AND schools.highest
        AND (schools.valid_from IS NULL OR schools.valid_from <= s.valid_from)
        AND (schools.valid_to IS NULL OR schools.valid_to > s.valid_from)
    """,
    "CREATE TABLE facts ({})".format(
        ", ".join(
            [f"{name} {kind}" for name, kind in KEYS.items()]
            + [f"{name} {SQL_TYPE[FACTS[name].kind]}" for name in STORED]
        )
    ),
    "INSERT INTO facts BY NAME SELECT * FROM told_facts ORDER BY subject, valid_from",
)
