"""Checks of a record's own number, birth date, sex, age and guardians."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.integrity.check import Check, Severity


class NumberFails(Check):
    """The check character does not fit, or the birth date in it does not exist (GB 11643)."""

    number = "I-01"
    key = "number_fails"
    sentence = _("The identity number fails its check.")
    severity = Severity.MIDDLE
    sql = """
        SELECT pupil, NULL AS other, school, '' AS repair,
            {'number': id_key, 'state': id_state} AS facts, {'state': id_state} AS figures
        FROM enrolled WHERE id_state IN ('faulty', 'lost_tail')
    """


class BirthDateDiffers(Check):
    """The birth date of the record is not the one in its number.

    Repair is offered where civil registration has the number under the same name with the number's
    date.
    """

    number = "I-02"
    key = "birth_date_differs"
    sentence = _("The birth date is not the one in the identity number.")
    severity = Severity.MIDDLE
    sql = """
        SELECT p.pupil, NULL AS other, p.school,
            CASE WHEN c.entry IS NULL THEN '' ELSE 'birth_date' END AS repair,
            {'number': p.id_key, 'recorded': p.born_on} AS facts,
            {'recorded': p.born_on, 'in_number': p.id_born, 'civil': c.born_on} AS figures
        FROM enrolled p
        LEFT JOIN civil c ON c.id_key = p.id_key AND c.sound_key = p.sound_key
            AND c.born_on = p.id_born
        WHERE p.id_born <> p.born_on
    """


class SexDiffers(Check):
    """The sex of the record is not the one in its number; repair as for the birth date."""

    number = "I-03"
    key = "sex_differs"
    sentence = _("The sex is not the one in the identity number.")
    severity = Severity.LOW
    sql = """
        SELECT p.pupil, NULL AS other, p.school,
            CASE WHEN c.entry IS NULL THEN '' ELSE 'sex' END AS repair,
            {'number': p.id_key, 'recorded': p.sex} AS facts,
            {'recorded': p.sex, 'in_number': p.id_sex, 'civil': c.sex} AS figures
        FROM enrolled p
        LEFT JOIN civil c ON c.id_key = p.id_key AND c.sound_key = p.sound_key
            AND c.sex = p.id_sex
        WHERE p.id_sex <> p.sex
    """


class ImpossibleAge(Check):
    """Too young or too old for the grade, by the age on 31 August of the school year."""

    number = "I-04"
    key = "impossible_age"
    sentence = _("The age cannot be right for the grade.")
    severity = Severity.MIDDLE
    sql = """
        SELECT * FROM (
            SELECT pupil, NULL AS other, school, '' AS repair,
                {'born_on': born_on, 'grade': grade} AS facts,
                {'born_on': born_on, 'grade': grade,
                 'age': date_sub('year', born_on, getvariable('year_start') - 1)::INTEGER}
                AS figures
            FROM enrolled WHERE born_on IS NOT NULL
        )
        WHERE figures.age - figures.grade + 1
            NOT BETWEEN getvariable('youngest') AND getvariable('oldest')
    """


class GuardianYounger(Check):
    """A guardian who is younger than the child, by the number of the one and the date of the other.

    The child's date is the one in its own number where that is sound.
    """

    number = "I-05"
    key = "guardian_younger"
    sentence = _("A guardian is younger than the child.")
    severity = Severity.MIDDLE
    sql = """
        SELECT p.pupil, NULL AS other, p.school, '' AS repair,
            {'guardian': g.id_key, 'born_on': coalesce(p.id_born, p.born_on)} AS facts,
            {'relation': g.relation, 'guardian_born': g.id_born,
             'born_on': coalesce(p.id_born, p.born_on)} AS figures
        FROM enrolled p JOIN guardians g USING (pupil)
        WHERE g.id_born >= coalesce(p.id_born, p.born_on)
    """


class GuardianTooYoung(Check):
    """A guardian, no brother or sister (GB/T 4761, 70 to 79), who is not old enough for one."""

    number = "I-06"
    key = "guardian_too_young"
    sentence = _("A guardian is too young for this child.")
    severity = Severity.LOW
    sql = """
        SELECT p.pupil, NULL AS other, p.school, '' AS repair,
            {'guardian': g.id_key, 'born_on': coalesce(p.id_born, p.born_on)} AS facts,
            {'relation': g.relation, 'guardian_born': g.id_born,
             'born_on': coalesce(p.id_born, p.born_on),
             'years': date_sub('year', g.id_born, coalesce(p.id_born, p.born_on))} AS figures
        FROM enrolled p JOIN guardians g USING (pupil)
        WHERE g.id_born < coalesce(p.id_born, p.born_on) AND g.relation NOT LIKE '7%'
            AND date_sub('year', g.id_born, coalesce(p.id_born, p.born_on))
                < getvariable('guardian_years')
    """
