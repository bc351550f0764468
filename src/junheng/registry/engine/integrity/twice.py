"""Checks for one child with two records and one number with two children, by equal numbers."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.integrity.check import Check, Severity

_SAME_NUMBER = """
    WITH first AS (
        SELECT id_key, min(pupil) AS pupil FROM enrolled
        WHERE id_key IS NOT NULL GROUP BY id_key HAVING count(*) > 1
    )
    SELECT a.pupil, b.pupil AS other, a.school, '' AS repair,
        {{'number': a.id_key, 'schools': list_sort([a.school, b.school])}} AS facts,
        {{'state': a.id_state, 'first_at': a.school, 'second_at': b.school,
         'same_birth_date': a.born_on = b.born_on}} AS figures
    FROM first f JOIN enrolled a USING (pupil)
    JOIN enrolled b ON b.id_key = f.id_key AND b.pupil <> a.pupil
    WHERE {names}
"""


class OneNumberTwoPupils(Check):
    """Two records with one number and names that do not sound alike: one number is wrong."""

    number = "I-17"
    key = "one_number_two_pupils"
    sentence = _("Two pupils have the same identity number.")
    severity = Severity.HIGH
    sql = _SAME_NUMBER.format(names="a.sound_key IS DISTINCT FROM b.sound_key")


class SameChild(Check):
    """Two records with one number and one name, or one that sounds alike."""

    number = "I-18"
    key = "same_child"
    sentence = _("The same child has two records.")
    severity = Severity.HIGH
    sql = _SAME_NUMBER.format(names="a.sound_key = b.sound_key")


class SameChildElsewhere(Check):
    """A record here and one in another district with the same number."""

    number = "I-19"
    key = "same_child_elsewhere"
    sentence = _("The same child has a record in another district.")
    severity = Severity.HIGH
    needs = frozenset({"elsewhere"})
    sql = """
        SELECT p.pupil, min(e.entry) AS other, p.school, '' AS repair,
            {'number': p.id_key, 'district': min(e.district)} AS facts,
            {'district': min(e.district), 'since': min(e.since),
             'same_name': bool_or(e.sound_key = p.sound_key)} AS figures
        FROM enrolled p JOIN elsewhere e ON e.id_key = p.id_key
        GROUP BY p.pupil, p.school, p.id_key
    """
