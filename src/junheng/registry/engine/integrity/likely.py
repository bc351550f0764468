"""Checks for one child with two records whose numbers do not say so: weighed, precision first.

Pairs are compared only where they agree in something that few share: sound and birthday, a
number but for a slip, or a family. Then each field's level of agreement adds to the weight of the
pair, as in Fellegi and Sunter's model and in the record matching of the room `evidence`, which
compares names and places in the clear and so cannot be used on a snapshot.

Weights are binary logarithms of how much likelier a level is for one child than for two. They are
set so that twins and namesakes stay below: a rare name says more than one that hundreds have; two
sound numbers that differ are two children unless all else is equal; one syllable that differs
within a family, on one birthday, is a twin, the more so at the same school, and the less where
civil registration knows only one of the two names on that day.

Source:
    I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); shares of the levels near
    those that `evidence/engine/model.py` has as usual.
"""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.integrity.check import Check, Severity

LARGEST_FAMILY = 12
"""Children by one guardian, telephone or household; more is a home or a number made up."""
SMALLEST = 100_000
"""Records among whom a pair is sought at least: a short table is part of a larger register."""

WEIGHTS: dict[str, dict[str, float]] = {
    "number": {"slip": 12, "slip_in_order": 6, "faulty": -3, "different": -16},
    "name": {"one_off": 4, "like_a_twin": -10, "like_a_twin_apart": -5, "different": -12},
    "birth": {"same": 11, "slip": 4, "different": -8},
    "sex": {"same": 1, "different": -4},
    "family": {"same": 14, "different": -5},
    "civil": {"one": 3.5, "both": -4},
}
"""Bits by field and level; a level that is not named, such as missing, has none. What the same
name or sound weighs follows from how many have it."""
RAREST_NAME, RAREST_SOUND = 18, 15
"""Bits that a name, or a sound, weighs at most, however few have it."""
WRITTEN_OTHERWISE = 3
"""Bits that a name weighs less where only its sound agrees: one in eight is written otherwise."""

_LEVELS = """
    SELECT a.pupil, b.entry AS other, a.school, b.place,
        CASE WHEN a.id_key IS NULL OR b.id_key IS NULL THEN 'missing'
             WHEN a.id_state IN ('sound', 'old') AND b.id_state IN ('sound', 'old')
             THEN 'different'
             WHEN a.id_but_area = b.id_but_area OR a.id_but_birth = b.id_but_birth THEN 'slip'
             WHEN a.id_but_order = b.id_but_order OR a.id_but_end = b.id_but_end
             THEN 'slip_in_order'
             ELSE 'faulty' END AS number,
        CASE WHEN a.born_on IS NULL OR b.born_on IS NULL THEN 'missing'
             WHEN a.born_on = b.born_on THEN 'same'
             WHEN (year(a.born_on) = year(b.born_on))::INTEGER
                + (month(a.born_on) = month(b.born_on))::INTEGER
                + (day(a.born_on) = day(b.born_on))::INTEGER = 2 THEN 'slip'
             ELSE 'different' END AS birth,
        CASE WHEN c.family THEN 'same'
             WHEN a.pupil NOT IN (SELECT pupil FROM ties) OR NOT b.tied THEN 'missing'
             ELSE 'different' END AS family,
        CASE WHEN a.name_key = b.name_key THEN 'same'
             WHEN a.sound_key = b.sound_key THEN 'sound'
             WHEN (a.sound_3 IS NULL) <> (b.sound_3 IS NULL) OR
                  (a.sound_1 = b.sound_1)::INTEGER + (a.sound_2 = b.sound_2)::INTEGER
                  + coalesce((a.sound_3 = b.sound_3)::INTEGER, 0) < 2 THEN 'different'
             WHEN c.family AND a.born_on = b.born_on AND a.school = b.place THEN 'like_a_twin'
             WHEN c.family AND a.born_on = b.born_on THEN 'like_a_twin_apart'
             ELSE 'one_off' END AS name,
        CASE WHEN a.sex IS NULL OR b.sex IS NULL THEN 'missing'
             WHEN a.sex = b.sex THEN 'same' ELSE 'different' END AS sex,
        CASE WHEN a.sound_key = b.sound_key OR (v.sound_key IS NULL AND w.sound_key IS NULL)
             THEN 'missing'
             WHEN v.sound_key IS NULL OR w.sound_key IS NULL THEN 'one' ELSE 'both' END AS civil,
        n.named, s.sounding
    FROM candidates c JOIN enrolled a USING (pupil) JOIN others b ON b.entry = c.other
    LEFT JOIN names n ON n.name_key = a.name_key
    LEFT JOIN sounds s ON s.sound_key = a.sound_key
    LEFT JOIN residents v ON v.sound_key = a.sound_key AND v.born_on = a.born_on
    LEFT JOIN residents w ON w.sound_key = b.sound_key AND w.born_on = b.born_on
    WHERE a.id_key IS NULL OR b.id_key IS NULL OR a.id_key <> b.id_key
"""


_SIZE = f"greatest({SMALLEST}, (SELECT count(*) FROM enrolled))"  # noqa: S608 - a constant


def _weight(field: str) -> str:
    cases = " ".join(f"WHEN '{level}' THEN {weight}" for level, weight in WEIGHTS[field].items())
    if field == "name":
        cases += (
            f" WHEN 'same' THEN least({RAREST_NAME}, log2({_SIZE} / named))"
            f" WHEN 'sound' THEN least({RAREST_SOUND}, log2({_SIZE} / sounding))"
            f" - {WRITTEN_OTHERWISE}"
        )
    return f"CASE {field} {cases} ELSE 0 END"


def _sql(others: str, ties: str, pairs: str) -> str:
    slips = " UNION ALL ".join(
        f"SELECT a.pupil, b.entry, false FROM {left} a JOIN {right} b "  # noqa: S608 - constants
        f"ON a.id_but_{part} = b.id_but_{part}"
        for part in ("area", "birth", "order", "end")
        for left, right in (("faulty_here", "others"), ("enrolled", "faulty_there"))
    )
    total = " + ".join(_weight(field) for field in WEIGHTS)
    return f"""
    WITH all_ties AS ({ties}),
    usual AS (
        SELECT tie FROM all_ties GROUP BY tie HAVING count(DISTINCT pupil) <= {LARGEST_FAMILY}
    ),
    ties AS (SELECT DISTINCT pupil, tie FROM all_ties SEMI JOIN usual USING (tie)),
    others AS ({others}),
    faulty_here AS (SELECT * FROM enrolled WHERE id_state IN ('faulty', 'lost_tail')),
    faulty_there AS (SELECT * FROM others WHERE id_state IN ('faulty', 'lost_tail')),
    found (pupil, other, family) AS (
        SELECT a.pupil, b.entry, false FROM enrolled a JOIN others b
            ON a.sound_key = b.sound_key AND a.born_on = b.born_on
        UNION ALL {slips}
        UNION ALL SELECT a.pupil, b.pupil, true FROM ties a JOIN ties b USING (tie)
    ),
    residents AS (SELECT DISTINCT sound_key, born_on FROM civil WHERE sound_key IS NOT NULL),
    names AS (SELECT name_key, count(*) AS named FROM enrolled GROUP BY name_key),
    sounds AS (SELECT sound_key, count(*) AS sounding FROM enrolled GROUP BY sound_key),
    candidates AS (
        SELECT pupil, other, bool_or(family) AS family FROM found WHERE {pairs}
        GROUP BY pupil, other
    ),
    levels AS MATERIALIZED ({_LEVELS}),
    weighed AS (
        SELECT *, {total} - log2({_SIZE}) AS weight
        FROM levels
    )
    SELECT pupil, other, school, '' AS repair,
        {{'levels': [number, name, birth, sex, family, civil], 'place': place}} AS facts,
        {{'probability': round(1 / (1 + pow(2, -weight)), 4), 'number': number, 'name': name,
         'birth': birth, 'sex': sex, 'family': family, 'civil': civil, 'place': place}} AS figures
    FROM weighed WHERE 1 / (1 + pow(2, -weight)) >= getvariable('probability')
    """  # noqa: S608 - put together from constants of this module


_TIES_HERE = """
    SELECT pupil, 'i' || id_key AS tie FROM guardians WHERE id_key IS NOT NULL
    UNION ALL SELECT pupil, 'p' || phone_key FROM guardians WHERE phone_key IS NOT NULL
    UNION ALL SELECT pupil, 'h' || household_key FROM enrolled WHERE household_key IS NOT NULL
"""


class LikelySameChild(Check):
    """Two records here that are probably one child; each pair once, the smaller reference first."""

    number = "I-20"
    key = "likely_same_child"
    sentence = _("Two records are probably of the same child.")
    severity = Severity.MIDDLE
    exact = False
    sql = _sql(
        others="""
            SELECT pupil AS entry, school AS place, pupil IN (SELECT pupil FROM ties) AS tied,
                enrolled.* EXCLUDE (pupil, school)
            FROM enrolled
        """,
        ties=_TIES_HERE,
        pairs="pupil < other",
    )


class LikelyElsewhere(Check):
    """A record here and one in another district that are probably one child's."""

    number = "I-21"
    key = "likely_elsewhere"
    sentence = _("The same child probably has a record in another district.")
    severity = Severity.MIDDLE
    exact = False
    needs = frozenset({"elsewhere"})
    sql = _sql(
        others="""
            SELECT entry, district AS place, entry IN (SELECT pupil FROM ties) AS tied,
                elsewhere.* EXCLUDE (entry, district)
            FROM elsewhere
        """,
        ties=f"""
            {_TIES_HERE}
            UNION ALL SELECT entry, 'i' || guardian_id_key FROM elsewhere
                WHERE guardian_id_key IS NOT NULL
            UNION ALL SELECT entry, 'p' || guardian_phone_key FROM elsewhere
                WHERE guardian_phone_key IS NOT NULL
            UNION ALL SELECT entry, 'h' || household_key FROM elsewhere
                WHERE household_key IS NOT NULL
        """,  # noqa: S608 - constants
        pairs="pupil IN (SELECT pupil FROM enrolled) AND other IN (SELECT entry FROM elsewhere)",
    )
