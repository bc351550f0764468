"""What the database refuses of rounds, whoever asks; no constraint could say it."""

from __future__ import annotations

import pgtrigger

FRESH = pgtrigger.Referencing(new="fresh")  # type: ignore[no-untyped-call]  # pgtrigger has no types here


def rows_stay_as_loaded(name: str) -> pgtrigger.Trigger:
    """What was loaded is never edited: loading again makes new rows."""
    return pgtrigger.Trigger(
        name=f"{name}_stays_as_loaded",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="RAISE EXCEPTION 'what was loaded never changes';",
    )


def only_while_the_run_works(name: str) -> pgtrigger.Trigger:
    """Rows of a result come with the run that made them, never afterwards."""
    return pgtrigger.Trigger(
        name=f"{name}_while_the_run_works",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=FRESH,
        func="""
            IF EXISTS (
                SELECT FROM (SELECT DISTINCT run_id FROM fresh) AS touched
                JOIN commons_run ON commons_run.id = touched.run_id
                WHERE commons_run.state <> 'running'
            ) THEN
                RAISE EXCEPTION 'results come only while their run works';
            END IF;
            RETURN NULL;
        """,
    )


def none_above_its_seats() -> pgtrigger.Trigger:
    """No school of a run has more children than seats, and seats never pass the class cap."""
    return pgtrigger.Trigger(
        name="placement_within_seats",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=FRESH,
        declare=[("wrong", "TEXT")],
        func="""
            SELECT school.code INTO wrong
            FROM (
                SELECT placement.run_id, placement.school_id, count(*) AS children
                FROM admissions_placement AS placement
                JOIN (SELECT DISTINCT run_id, school_id FROM fresh) AS touched
                    USING (run_id, school_id)
                GROUP BY placement.run_id, placement.school_id
            ) AS seated
            JOIN admissions_roundschool AS school ON school.id = seated.school_id
            JOIN admissions_roundrun AS run ON run.run_id = seated.run_id
            WHERE seated.children > school.seats OR school.input_id <> run.input_id
            LIMIT 1;
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'school % would have more children than seats', wrong;
            END IF;
            RETURN NULL;
        """,
    )
