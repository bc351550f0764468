"""What the database keeps true of pupils and their standings, whichever way the rows come.

Triggers on standings work on whole statements, so a roll-over of a district costs one look at
each class and not one at each pupil. Classes are locked in the order of their keys, then
counted again: of fifty who want the last seat at once, one gets it.

They look up row by row, through an index (`LATERAL … OFFSET 0`), and leave the planner no choice:
it takes a table that was emptied a moment ago for an empty one, and then compares each row of a
district with every other.
"""

from __future__ import annotations

from typing import Any

import pgtrigger

from junheng.registry.engine.cap import CLASS_CAP

COUNTS = "state = 'studying' AND (valid_to IS NULL OR completed)"
"""A standing counts for the size of its class while it lasts, and after it lasted to the end."""

CLASSES_ARE_COUNTED = f"""
    touched := ARRAY(SELECT DISTINCT school_class_id FROM {{rows}}
        WHERE school_class_id IS NOT NULL ORDER BY 1);
    PERFORM id FROM registry_schoolclass WHERE id = ANY(touched) ORDER BY id FOR UPDATE;
    WITH counted AS MATERIALIZED (
        SELECT wanted.id, (SELECT count(*) FROM registry_standing standing
            WHERE standing.school_class_id = wanted.id AND {COUNTS}) AS size
        FROM unnest(touched) AS wanted(id)
    )
    UPDATE registry_schoolclass AS class
        SET size = counted.size, by_register = true,
            counted_on = (now() AT TIME ZONE 'Asia/Shanghai')::date
        FROM counted
        WHERE class.id = counted.id
            AND (class.size <> counted.size OR NOT class.by_register);
    RETURN NULL;
"""  # noqa: S608 -- a constant
"""The size of a class is how many stand in it; what it may be, the class says itself."""

STANDING_IN_ITS_CLASS = """
    IF EXISTS (
        SELECT FROM new_rows standing CROSS JOIN LATERAL (
            SELECT * FROM registry_schoolclass WHERE id = standing.school_class_id OFFSET 0
        ) AS class
        WHERE ROW(class.organisation_id, class.school_year, class.grade)
            IS DISTINCT FROM ROW(standing.organisation_id, standing.school_year, standing.grade)
    ) THEN
        RAISE EXCEPTION 'a pupil stands in a class of the same school, year and grade'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

GRADES_WITHIN_THE_CAP = f"""
    FOR wanted IN
        SELECT DISTINCT organisation_id, school_year, grade FROM new_rows
        WHERE school_class_id IS NULL AND state = 'studying' AND valid_to IS NULL
        ORDER BY 1, 2, 3
    LOOP
        SELECT max(entry_classes) INTO planned FROM registry_school AS school
            WHERE school.organisation_id = wanted.organisation_id
                AND wanted.grade BETWEEN school.lowest_grade AND school.highest_grade
                AND school.valid_from <= make_date(wanted.school_year + 1, 8, 31)
                AND (school.valid_to IS NULL
                    OR school.valid_to > make_date(wanted.school_year, 9, 1));
        PERFORM pg_advisory_xact_lock(wanted.organisation_id::int,
            (wanted.school_year * 16 + wanted.grade)::int);
        SELECT count(*), coalesce(sum(size), 0) INTO there, inside FROM registry_schoolclass
            WHERE organisation_id = wanted.organisation_id
                AND school_year = wanted.school_year AND grade = wanted.grade;
        IF coalesce(greatest(planned, there), 0) * {CLASS_CAP} < inside + (
            SELECT count(*) FROM registry_standing standing
            WHERE standing.organisation_id = wanted.organisation_id
                AND standing.school_year = wanted.school_year AND standing.grade = wanted.grade
                AND school_class_id IS NULL AND state = 'studying' AND valid_to IS NULL
        ) THEN
            RAISE EXCEPTION 'the classes of this grade would be larger than %', {CLASS_CAP}
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
"""  # noqa: S608 -- a constant
"""Pupils without a class yet must fit into the classes that their grade has or plans."""

NOT_TWICE_A_DAY = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT pupil_id FROM new_rows) AS moved CROSS JOIN LATERAL (
            SELECT valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS next_from
            FROM registry_standing WHERE pupil_id = moved.pupil_id
            OFFSET 0
        ) AS life
        WHERE next_from < coalesce(valid_to, 'infinity')
    ) THEN
        RAISE EXCEPTION 'a pupil stands at one place on any day'
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
"""
"""One open standing a pupil is the business of an index; this is for those that have ended.

A life is looked through once, in the order of its days: where any two stretches overlap, two that
follow each other do.
"""

PUPILS_FOLLOW = """
    WITH latest AS MATERIALIZED (
        SELECT pupil.id, standing.organisation_id, standing.left_on
        FROM (SELECT DISTINCT pupil_id FROM {rows}) AS moved
        CROSS JOIN LATERAL (
            SELECT organisation_id,
                CASE WHEN state IN ('left', 'graduated') THEN valid_from END AS left_on
            FROM registry_standing WHERE pupil_id = moved.pupil_id
            ORDER BY valid_from DESC LIMIT 1
        ) AS standing
        CROSS JOIN LATERAL (
            SELECT * FROM registry_pupil WHERE id = moved.pupil_id OFFSET 0
        ) AS pupil
        WHERE ROW(pupil.organisation_id, pupil.left_on)
            IS DISTINCT FROM ROW(standing.organisation_id, standing.left_on)
    )
    UPDATE registry_pupil AS pupil
        SET organisation_id = latest.organisation_id, left_on = latest.left_on
        FROM latest WHERE pupil.id = latest.id;
    RETURN NULL;
"""

STANDING_IS_NOT_REWRITTEN = """
    IF ROW(NEW.pupil_id, NEW.organisation_id, NEW.school_year, NEW.grade, NEW.state,
        NEW.valid_from, NEW.movement, NEW.paper, NEW.entered_by_id, NEW.approved_by_id, NEW.batch,
        NEW.recorded_at)
        IS DISTINCT FROM ROW(OLD.pupil_id, OLD.organisation_id, OLD.school_year, OLD.grade,
        OLD.state, OLD.valid_from, OLD.movement, OLD.paper, OLD.entered_by_id,
        OLD.approved_by_id, OLD.batch, OLD.recorded_at)
        OR NEW.school_class_id IS DISTINCT FROM OLD.school_class_id
            AND OLD.school_class_id IS NOT NULL THEN
        RAISE EXCEPTION 'what stands in the register is ended, not rewritten'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

ENTERED_BY_SOMEBODY = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT entered_by_id AS id FROM new_rows) AS person
        WHERE NOT EXISTS (SELECT FROM accounts_user WHERE id = person.id)
    ) THEN
        RAISE EXCEPTION 'a standing was entered by somebody'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
"""
"""One look at each person instead of one at each row of a district. It is enough at the
beginning: a standing is not rewritten, and nobody's account is deleted."""

STAYS_WHO_IT_IS = """
    IF ROW(NEW.id, NEW.number, NEW.source, NEW.entered_on)
        IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.source, OLD.entered_on)
        OR ROW(NEW.organisation_id, NEW.left_on)
            IS DISTINCT FROM ROW(OLD.organisation_id, OLD.left_on)
        AND NOT EXISTS (
            SELECT FROM (
                SELECT * FROM registry_standing standing WHERE standing.pupil_id = NEW.id
                ORDER BY standing.valid_from DESC LIMIT 1
            ) AS latest
            WHERE latest.organisation_id = NEW.organisation_id AND NEW.left_on
                IS NOT DISTINCT FROM CASE
                    WHEN latest.state IN ('left', 'graduated') THEN latest.valid_from END
        ) THEN
        RAISE EXCEPTION 'a record stays the child''s that it is'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

STANDS_SOMEWHERE = """
    IF NOT EXISTS (SELECT FROM registry_standing WHERE pupil_id = {pupil})
        AND EXISTS (SELECT FROM registry_pupil WHERE id = {pupil}) THEN
        RAISE EXCEPTION 'a pupil stands somewhere from the first day'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

_referencing: Any = pgtrigger.Referencing
OLD_AND_NEW: dict[str, tuple[Any, Any, str]] = {
    "insert": (pgtrigger.Insert, _referencing(new="new_rows"), "TABLE new_rows"),
    "update": (
        pgtrigger.Update,
        _referencing(old="old_rows", new="new_rows"),
        "TABLE old_rows UNION ALL TABLE new_rows",
    ),
    "delete": (pgtrigger.Delete, _referencing(old="old_rows"), "TABLE old_rows"),
}


def of_a_pupil() -> list[pgtrigger.Trigger]:
    """A record is nobody else's afterwards, and its pupil stands somewhere."""
    return [
        pgtrigger.Trigger(
            name="pupil_stays_who_it_is",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=STAYS_WHO_IT_IS,
        ),
        pgtrigger.Trigger(
            name="pupil_stands_somewhere",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func=STANDS_SOMEWHERE.format(pupil="NEW.id"),
        ),
    ]


def of_a_standing() -> list[pgtrigger.Trigger]:
    """Once a day, in a class of its own school, and every class counted again."""
    rewritten = pgtrigger.Trigger(
        name="standing_is_not_rewritten",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=STANDING_IS_NOT_REWRITTEN,
    )
    somewhere = pgtrigger.Trigger(
        name="pupil_stands_somewhere",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        func=STANDS_SOMEWHERE.format(pupil="OLD.pupil_id"),
    )
    return [rewritten, somewhere, *(trigger for kind in OLD_AND_NEW for trigger in _after(kind))]


def _after(kind: str) -> list[pgtrigger.Trigger]:
    """Statement triggers run in the order of their names: judge first, then count and follow."""
    _operation, _referencing, both = OLD_AND_NEW[kind]
    rows = f"({both}) AS touched"
    made = [
        _statement(f"c_pupils_follow_{kind}", kind, PUPILS_FOLLOW.format(rows=rows)),
        _statement(
            f"d_classes_are_counted_{kind}",
            kind,
            CLASSES_ARE_COUNTED.format(rows=rows),
            [("touched", "bigint[]")],
        ),
    ]
    if kind == "delete":
        return made
    figures = [("wanted", "RECORD"), ("planned", "INTEGER"), ("there", "INTEGER")]
    if kind == "insert":
        made.append(_statement("entered_by_somebody", kind, ENTERED_BY_SOMEBODY))
    return [
        *made,
        _statement(f"a_standing_in_its_class_{kind}", kind, STANDING_IN_ITS_CLASS),
        _statement(f"b_not_twice_a_day_{kind}", kind, NOT_TWICE_A_DAY),
        _statement(
            f"e_grades_within_the_cap_{kind}",
            kind,
            GRADES_WITHIN_THE_CAP,
            [*figures, ("inside", "INTEGER")],
        ),
    ]


def _statement(
    name: str, kind: str, func: str, declare: list[tuple[str, str]] | None = None
) -> pgtrigger.Trigger:
    operation, referencing, _both = OLD_AND_NEW[kind]
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=func,
        declare=declare,
    )
