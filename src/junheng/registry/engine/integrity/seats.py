"""Checks of where a child is on the roll against where it sits."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.integrity.check import Check, Severity

ATTENDANCE = frozenset({"attendance"})


class ClassOfAnotherSchool(Check):
    """The class of a record is of another school or of another grade than the record."""

    number = "I-07"
    key = "class_of_another_school"
    sentence = _("The class belongs to another school or grade.")
    severity = Severity.HIGH
    sql = """
        SELECT pupil, NULL AS other, school, '' AS repair,
            {'school': school, 'grade': grade, 'class': class} AS facts,
            {'grade': grade, 'class': class, 'class_school': class_school,
             'class_grade': class_grade} AS figures
        FROM enrolled WHERE class_school <> school OR class_grade <> grade
    """


class TwoClasses(Check):
    """Present in two classes on one day: a guest there while its own class had it present."""

    number = "I-08"
    key = "two_classes"
    sentence = _("The child was present in two classes on the same day.")
    severity = Severity.HIGH
    needs = ATTENDANCE
    sql = """
        WITH seen AS (
            SELECT g.pupil, g.class, g.school, g.day FROM guests g WHERE g.pupil IS NOT NULL
            UNION
            SELECT p.pupil, p.class, p.school, c.day
            FROM guests g JOIN enrolled p USING (pupil)
            JOIN calls c ON c.class = p.class AND c.day = g.day AND c.day >= p.since
            ANTI JOIN marks m ON m.pupil = p.pupil AND m.class = c.class AND m.day = c.day
                AND m.mark <> 'guest'
        )
        SELECT p.pupil, NULL AS other, p.school, '' AS repair,
            {'first': min(a.class), 'last': max(b.class)} AS facts,
            {'classes': list_sort(list(DISTINCT b.class)), 'days': count(DISTINCT a.day),
             'last_day': max(a.day)} AS figures
        FROM seen a JOIN seen b ON a.pupil = b.pupil AND a.day = b.day AND a.class <> b.class
        JOIN pupils p ON p.pupil = a.pupil
        GROUP BY p.pupil, p.school
    """


class RecordElsewhere(Check):
    """A child sits here and its record is at another school of the district.

    The case lies at the school where the child sits; a child whose own class has it present on the
    day is the matter of `TwoClasses`.
    """

    number = "I-09"
    key = "record_elsewhere"
    sentence = _("The child is here, its record is elsewhere.")
    severity = Severity.HIGH
    needs = ATTENDANCE
    sql = """
        SELECT p.pupil, NULL AS other, g.school, '' AS repair,
            {'sits_at': g.school, 'record_at': p.school} AS facts,
            {'sits_at': g.school, 'record_at': p.school, 'class': max(g.class),
             'days': count(DISTINCT g.day), 'last_day': max(g.day)} AS figures
        FROM guests g JOIN enrolled p ON p.pupil = g.pupil
        LEFT JOIN calls c ON c.class = p.class AND c.day = g.day
        LEFT JOIN marks m ON m.pupil = p.pupil AND m.class = p.class AND m.day = g.day
            AND m.mark <> 'guest'
        WHERE p.school <> g.school AND g.day >= p.since
            AND (c.class IS NULL OR m.class IS NOT NULL)
        GROUP BY p.pupil, p.school, g.school
        QUALIFY row_number() OVER (PARTITION BY p.pupil ORDER BY max(g.day) DESC, g.school) = 1
    """


class NoRecord(Check):
    """A child sits here and has no record in the district; another district may have it.

    It is named by a hash of what is known of it, so that it is the same child tomorrow.
    """

    number = "I-10"
    key = "no_record"
    sentence = _("The child is here and has no record in this district.")
    severity = Severity.HIGH
    needs = ATTENDANCE
    sql = """
        SELECT left(sha256(coalesce(g.id_key, g.sound_key || g.born_on::VARCHAR, g.sound_key,
                min(g.entry))), 40) AS pupil,
            min(e.entry) AS other, g.school, '' AS repair,
            {'sits_at': g.school, 'district': min(e.district)} AS facts,
            {'entry': arg_max(g.entry, g.day), 'class': arg_max(g.class, g.day),
             'days': count(DISTINCT g.day), 'last_day': max(g.day), 'district': min(e.district)}
            AS figures
        FROM guests g
        LEFT JOIN elsewhere e ON e.id_key = g.id_key
        WHERE g.pupil IS NULL
        GROUP BY g.id_key, g.sound_key, g.born_on, g.school,
            CASE WHEN g.id_key IS NULL AND g.sound_key IS NULL THEN g.entry END
    """


class RecordWithoutPupil(Check):
    """A record whose child was not seen for so many school days that its class delivered.

    Excused days are days on which the child is known, and a guest anywhere is a child seen. A
    record without a class counts the days on which its school delivered anything.
    """

    number = "I-11"
    key = "record_without_pupil"
    sentence = _("There is a record, but no child was seen.")
    severity = Severity.HIGH
    needs = ATTENDANCE
    sql = """
        WITH counted AS (
            SELECT class, day, row_number() OVER (PARTITION BY class ORDER BY day DESC) AS back
            FROM calls WHERE day <= getvariable('on_day')
        ), missing AS (
            SELECT m.pupil, m.class, count(*) AS days, min(m.day) AS since,
                bool_or(m.mark = 'not_listed') AS not_listed
            FROM marks m JOIN counted c ON c.class = m.class AND c.day = m.day
            WHERE m.mark IN ('absent', 'not_listed') AND c.back <= getvariable('absent_days')
            GROUP BY m.pupil, m.class
            HAVING count(*) = getvariable('absent_days')
        ), school_days AS (
            SELECT DISTINCT school, day FROM calls WHERE day <= getvariable('on_day')
        ), unseen AS (
            SELECT p.pupil, p.school, m.days, m.since AS missing_since, m.not_listed
            FROM pupils p JOIN missing m ON m.pupil = p.pupil AND m.class = p.class
            WHERE p.state = 'studying' AND m.since >= p.since
            UNION ALL
            SELECT p.pupil, p.school, count(*), min(d.day), true
            FROM pupils p JOIN school_days d ON d.school = p.school AND d.day >= p.since
            WHERE p.state = 'studying' AND p.class IS NULL
            GROUP BY p.pupil, p.school HAVING count(*) >= getvariable('absent_days')
        )
        SELECT u.pupil, NULL AS other, u.school, '' AS repair,
            {'school': u.school, 'not_listed': u.not_listed} AS facts,
            {'days': u.days, 'missing_since': u.missing_since, 'not_listed': u.not_listed}
            AS figures
        FROM unseen u ANTI JOIN guests g ON g.pupil = u.pupil AND g.day >= u.missing_since
    """


class LeftButAttending(Check):
    """A child sits in a class after its record says that it left, finished or dropped out."""

    number = "I-12"
    key = "left_but_attending"
    sentence = _("The record says that the child left, but it is in class.")
    severity = Severity.HIGH
    needs = ATTENDANCE
    sql = """
        SELECT p.pupil, NULL AS other, g.school, '' AS repair,
            {'state': p.state, 'since': p.since, 'sits_at': g.school} AS facts,
            {'state': p.state, 'since': p.since, 'class': max(g.class),
             'days': count(DISTINCT g.day), 'last_day': max(g.day)} AS figures
        FROM guests g JOIN pupils p ON p.pupil = g.pupil
        WHERE p.state NOT IN ('studying', 'suspended') AND g.day >= p.since
        GROUP BY p.pupil, p.state, p.since, g.school
    """
