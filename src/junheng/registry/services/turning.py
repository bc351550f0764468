"""Carrying a turn of the year out, and taking it back: whole, in one transaction, by sets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from junheng.commons import runs
from junheng.commons.history import sign_transaction
from junheng.commons.progress import Interrupted, TakenOver
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import RollOver, Standing
from junheng.registry.services.roll_overs import (
    NAMED,
    ChangedSince,
    OutOfTurn,
    State,
    Told,
    lock_standings,
    locked,
    require_unchanged,
    untold,
)

MOVES = """
    CREATE TEMPORARY TABLE turning (pupil uuid PRIMARY KEY, fate text NOT NULL,
        school text NOT NULL, grade smallint NOT NULL, number smallint, since date)
"""
GRADUATE_ON_THE_LAST_DAY = """
    UPDATE turning SET since = greatest(%(ends)s, standing.valid_from + 1)
    FROM registry_standing AS standing
    WHERE turning.fate = 'graduated' AND standing.pupil_id = turning.pupil
        AND standing.valid_to IS NULL
"""
"""So that the first day of the next school year is free for the school that follows."""
FILL = "COPY turning (pupil, fate, school, grade, number) FROM STDIN WITH (FORMAT csv, HEADER true)"

MAKE_CLASSES = """
    INSERT INTO registry_schoolclass (organisation_id, school_year, grade, number, size,
        counted_on, by_register, inherited_on, inherited_size)
    SELECT school.id, %(next)s, wanted.grade, wanted.number, coalesce(large.size, 0), %(today)s,
        large.id IS NULL, large.inherited_on, large.size
    FROM (SELECT DISTINCT school, grade, number FROM turning WHERE fate = 'moved_up') AS wanted
    JOIN places_organisation AS school ON school.code = wanted.school
    LEFT JOIN registry_schoolclass AS large
        ON large.organisation_id = school.id AND large.school_year = %(year)s
            AND large.grade = wanted.grade - 1 AND large.number = wanted.number
            AND large.inherited_size IS NOT NULL AND large.size > %(cap)s
    ON CONFLICT (organisation_id, school_year, grade, number) DO NOTHING
    RETURNING id
"""
END_STANDINGS = """
    UPDATE registry_standing AS standing
    SET valid_to = coalesce(turning.since, %(starts)s), completed = true
    FROM turning
    WHERE standing.pupil_id = turning.pupil AND standing.valid_to IS NULL
        AND standing.school_year = %(year)s AND standing.state = 'studying'
"""
BEGIN_STANDINGS = """
    INSERT INTO registry_standing (pupil_id, organisation_id, school_year, grade, school_class_id,
        state, valid_from, completed, movement, paper, entered_by_id, approved_by_id, batch,
        recorded_at)
    SELECT turning.pupil, school.id,
        CASE turning.fate WHEN 'graduated' THEN %(year)s ELSE %(next)s END, turning.grade, class.id,
        CASE turning.fate WHEN 'graduated' THEN 'graduated' ELSE 'studying' END,
        coalesce(turning.since, %(starts)s), false, turning.fate, coalesce(held.paper, %(paper)s),
        %(asked)s, %(approved)s, %(batch)s, now()
    FROM turning
    LEFT JOIN registry_heldback AS held ON turning.fate = 'held_back'
        AND held.pupil_id = turning.pupil AND held.school_year = %(year)s
    JOIN places_organisation AS school ON school.code = turning.school
    LEFT JOIN registry_schoolclass AS class ON turning.fate = 'moved_up'
        AND class.organisation_id = school.id AND class.school_year = %(next)s
        AND class.grade = turning.grade AND class.number = turning.number
    ORDER BY class.id, turning.pupil
"""

OF_THE_BATCH = """
    CREATE TEMPORARY TABLE turning AS
    SELECT pupil_id AS pupil FROM registry_standing WHERE batch = %(batch)s
"""
REMOVE = "DELETE FROM registry_standing WHERE batch = %(batch)s"
REOPEN = """
    UPDATE registry_standing AS standing SET valid_to = NULL, completed = false
    FROM turning
    WHERE standing.pupil_id = turning.pupil AND standing.school_year = %(year)s
        AND standing.valid_to BETWEEN %(ends)s AND %(starts)s AND standing.completed
"""
UNMAKE_CLASSES = "DELETE FROM registry_schoolclass WHERE id = ANY(%(made)s)"

CHANGED = """
    SELECT pupil.number, later.movement, later.valid_from
    FROM registry_standing AS later JOIN registry_pupil AS pupil ON pupil.id = later.pupil_id
    WHERE later.batch IS DISTINCT FROM %(batch)s AND (
        later.school_class_id = ANY(%(made)s)
        OR later.recorded_at > %(done)s AND EXISTS (
            SELECT FROM registry_standing AS ours
            WHERE ours.batch = %(batch)s AND ours.pupil_id = later.pupil_id)
    )
    UNION ALL
    SELECT pupil.number, 'class_changed', ours.valid_from
    FROM registry_standing AS ours JOIN registry_pupil AS pupil ON pupil.id = ours.pupil_id
    WHERE ours.batch = %(batch)s AND (ours.valid_to IS NOT NULL
        OR ours.movement = 'held_back' AND ours.school_class_id IS NOT NULL)
    ORDER BY 1 LIMIT %(most)s
"""


class ClassesFull(OutOfTurn):
    """A class would pass the cap after all, so nothing was moved."""


def carry_out(pk: UUID, told: Told = untold) -> None:
    """Move the county's pupils as planned: all of it, or nothing.

    Doing it again after a kill is safe, since nothing of it was kept; after the end it is nothing.

    Raises:
        ChangedSince: If the register changed since the plan; the plan then goes on waiting.
        ClassesFull: If the database refuses a class.
    """
    try:
        with transaction.atomic():
            _carry_out(pk, told)
    except IntegrityError as error:
        _back_to_planned(pk)
        raise ClassesFull(
            _("A class or grade would pass the cap, so nobody was moved. Make the plan again.")
        ) from error
    except (Interrupted, TakenOver):  # the job is done again, by this worker or another one
        raise
    except Exception:
        _back_to_planned(pk)
        raise


def _carry_out(pk: UUID, told: Told) -> None:
    row = locked(pk)
    if row.state == State.DONE:
        return
    if row.state != State.UNDER_WAY:
        raise OutOfTurn(_("There is no plan to be carried out: %s.") % row.get_state_display())
    told(0, 5, _("Comparing with the plan"))
    lock_standings()
    require_unchanged(row)
    sign_transaction()
    told(1, 5, _("Making classes"))
    figures = _figures(row)
    with connection.cursor() as cursor:
        _fill(row)
        cursor.execute(GRADUATE_ON_THE_LAST_DAY, figures)
        cursor.execute(MAKE_CLASSES, figures)
        row.made_classes = sorted(pk for (pk,) in cursor.fetchall())
        told(2, 5, _("Ending the year"))
        cursor.execute(END_STANDINGS, figures)
        told(3, 5, _("Moving pupils up"))
        cursor.execute(BEGIN_STANDINGS, figures)
        cursor.execute("DROP TABLE turning")
    told(5, 5, _("Done"))
    row.state, row.done_at = State.DONE, timezone.now()
    row.save(update_fields=["state", "done_at", "made_classes"])
    if row.approved_by is not None:
        runs.publish(row.plan_run, row.approved_by)


def _fill(row: RollOver) -> None:
    moves = runs.contents(runs.files_of(row.plan_run)["moves.csv"])
    with connection.cursor() as cursor:
        cursor.execute(MOVES)
        with cursor.copy(FILL) as copy:
            copy.write(moves)
        cursor.execute("ANALYZE turning")


def _figures(row: RollOver) -> dict[str, Any]:
    return {
        "year": row.school_year,
        "next": row.school_year + 1,
        "starts": row.year.following.starts_on,
        "ends": row.year.ends_on,
        "paper": _("Turn of the school year %(year)s") % {"year": row.year},
        "today": timezone.localdate(),
        "cap": CLASS_CAP,
        "asked": row.asked_by_id,
        "approved": row.approved_by_id,
        "batch": row.pk,
        "made": row.made_classes,
        "done": row.done_at,
        "most": NAMED + 1,
    }


def _back_to_planned(pk: UUID) -> None:
    RollOver.objects.filter(pk=pk, state=State.UNDER_WAY).update(state=State.PLANNED)


def require_untouched(row: RollOver) -> None:
    """Make sure that nothing was changed since; the first change after it is the last moment.

    Raises:
        OutOfTurn: If it was not done.
        ChangedSince: With the pupils who changed, and how.
    """
    if row.state != State.DONE:
        raise OutOfTurn(_("Only what was done can be undone: %s.") % row.get_state_display())
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, _figures(row))
        found = cursor.fetchall()
    if not found:
        return
    labels = dict(Standing._meta.get_field("movement").flatchoices)
    told = "; ".join(
        f"{number}: {labels[movement]}, {date_format(day, 'DATE_FORMAT')}"
        for number, movement, day in found[:NAMED]
    )
    raise ChangedSince(
        _("It cannot be undone, because pupils were changed since: %s")
        % (told + ("…" if len(found) > NAMED else ""))
    )


def undo(pk: UUID, told: Told = untold) -> None:
    """Put back exactly what was there before; whole or not at all, and safe to run twice.

    Raises:
        ChangedSince: If anything was changed since.
    """
    with transaction.atomic():
        row = locked(pk)
        if row.state == State.UNDONE:
            return
        told(0, 4, _("Looking for later changes"))
        lock_standings()
        require_untouched(row)
        sign_transaction()
        figures = _figures(row)
        with connection.cursor() as cursor:
            cursor.execute(OF_THE_BATCH, figures)
            cursor.execute("ANALYZE turning")
            told(1, 4, _("Taking the new year back"))
            cursor.execute(REMOVE, figures)
            told(2, 4, _("Opening the old year again"))
            cursor.execute(REOPEN, figures)
            cursor.execute(UNMAKE_CLASSES, figures)
            cursor.execute("DROP TABLE turning")
        row.state, row.undone_at = State.UNDONE, timezone.now()
        row.save(update_fields=["state", "undone_at"])
        told(4, 4, _("Done"))
