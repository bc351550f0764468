"""Checks against civil registration, and the one that puts signs together."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.integrity.check import Check, Severity

CIVIL = frozenset({"civil"})

_ENDED = """
    SELECT p.pupil, c.entry AS other, p.school, '' AS repair,
        {{'status': c.status, 'on': c.status_on}} AS facts,
        {{'status': c.status, 'on': c.status_on, 'same_name': c.sound_key = p.sound_key}} AS figures
    FROM enrolled p JOIN civil c ON c.id_key = p.id_key
    WHERE p.id_state = 'sound' AND c.status = '{status}'
        AND coalesce(c.status_on, getvariable('on_day')) <= getvariable('on_day')
"""


class Died(Check):
    """Civil registration says that somebody with this number died."""

    number = "I-13"
    key = "died"
    sentence = _("Civil registration says that the child died.")
    severity = Severity.HIGH
    needs = CIVIL
    sql = _ENDED.format(status="died")


class MovedAway(Check):
    """Civil registration says that the child moved away; it may well be at school here still."""

    number = "I-14"
    key = "moved_away"
    sentence = _("Civil registration says that the child moved away.")
    severity = Severity.LOW
    needs = CIVIL
    sql = _ENDED.format(status="moved")


class RegistrationCancelled(Check):
    """Civil registration cancelled the entry: one person had two, or the number was replaced."""

    number = "I-15"
    key = "registration_cancelled"
    sentence = _("Civil registration cancelled the entry of this number.")
    severity = Severity.MIDDLE
    needs = CIVIL
    sql = _ENDED.format(status="cancelled")


class Doubtful(Check):
    """Several signs at once that nobody stands behind a record; none of them says much alone.

    Signs: civil registration has no such number, or there is none to ask for; the number fails its
    check; no guardian; never seen in a class that delivers attendance; entered after the start of
    the school year together with many others. A source that was not delivered gives no sign.
    """

    number = "I-16"
    key = "doubtful"
    sentence = _("Several signs speak against this record: please look whether the child exists.")
    severity = Severity.HIGH
    needs = frozenset({"civil", "attendance"})
    sql = """
        WITH lots AS (
            SELECT batch, school, entered_on FROM pupils
            WHERE batch IS NOT NULL
                AND entered_on >= getvariable('year_start') + getvariable('late_days')
            GROUP BY ALL HAVING count(*) >= getvariable('bulk')
        ), never AS (
            SELECT p.pupil FROM enrolled p
            JOIN calls c ON c.class = p.class AND c.day >= p.since
                AND c.day <= getvariable('on_day')
            LEFT JOIN marks m ON m.pupil = p.pupil AND m.class = p.class AND m.day = c.day
                AND m.mark IN ('absent', 'not_listed')
            WHERE p.pupil IN (SELECT pupil FROM marks WHERE mark IN ('absent', 'not_listed'))
                AND p.pupil NOT IN (SELECT pupil FROM guests WHERE pupil IS NOT NULL)
            GROUP BY p.pupil HAVING count(*) = count(m.pupil)
        ), signs AS (
            SELECT p.pupil, p.school, list_filter([
                CASE WHEN p.id_key IS NULL THEN 'no_number'
                     WHEN c.id_key IS NULL THEN 'not_in_civil' END,
                CASE WHEN p.id_state IN ('faulty', 'lost_tail') THEN 'number_fails' END,
                CASE WHEN g.pupil IS NULL THEN 'no_guardian' END,
                CASE WHEN n.pupil IS NOT NULL THEN 'never_seen' END,
                CASE WHEN l.batch IS NOT NULL THEN 'late_in_bulk' END
            ], lambda sign: sign IS NOT NULL) AS signs
            FROM enrolled p
            LEFT JOIN (SELECT DISTINCT id_key FROM civil) c USING (id_key)
            LEFT JOIN (SELECT DISTINCT pupil FROM guardians) g ON g.pupil = p.pupil
            LEFT JOIN never n ON n.pupil = p.pupil
            LEFT JOIN lots l ON l.batch = p.batch AND l.school = p.school
                AND l.entered_on = p.entered_on
        )
        SELECT pupil, NULL AS other, school, '' AS repair, {'signs': signs} AS facts,
            {'signs': signs} AS figures
        FROM signs WHERE len(signs) >= getvariable('signs')
    """
