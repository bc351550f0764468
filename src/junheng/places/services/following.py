"""Rows that keep a copy of a path follow when a place moves.

Many rows keep the path of the place or organisation where they lie, since permissions are prefix
matches on it. When a village goes to another township, its old path leads nowhere any more, and
whoever is in charge there now would not see these rows. A function of the database brings them to
where the tree says, whatever guards them; it can do nothing else, so anybody may call it.

    stays(ReadLog, "reader_path", why="…")    in a room: this column says what was, and keeps it
    follow(since)                             in the transaction that moves places
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, connections, models
from django.utils import timezone

LATE = timedelta(hours=1)
"""So long after a move it is looked for rows that were being written at that moment."""

_STAYS: dict[tuple[type[models.Model], str], str] = {}

FUNCTION = """
CREATE OR REPLACE FUNCTION public.places_follow(since timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    olds text[];
    news text[];
    kept record;
    more bigint;
    changed bigint := 0;
BEGIN
    WITH moved AS (
        SELECT DISTINCT event.path AS was, place.path AS now_is
        FROM places_place place JOIN places_placeevent event ON event.pgh_obj_id = place.id
        WHERE event.path <> place.path AND place.id IN (
            SELECT pgh_obj_id FROM places_placeevent WHERE pgh_created_at >= since)
    )
    SELECT array_agg(was), array_agg(now_is) INTO olds, news FROM moved
        WHERE NOT EXISTS (
            SELECT FROM moved above WHERE above.was <> moved.was
                AND starts_with(moved.was, above.was)
                AND moved.now_is = above.now_is || substr(moved.was, length(above.was) + 1));
    IF olds IS NULL THEN
        RETURN 0;
    END IF;
    FOR kept IN SELECT * FROM (VALUES {columns}) AS columns(name, path) LOOP
        PERFORM set_config('pgtrigger.ignore', coalesce((
            SELECT '{{' || string_agg(tgname, ',') || '}}' FROM pg_trigger
            WHERE tgrelid = format('public.%I', kept.name)::regclass AND NOT tgisinternal
                AND tgname !~ '^pgtrigger_update_update_'
        ), ''), true);
        FOR way IN 1 .. array_length(olds, 1) LOOP
            EXECUTE format('UPDATE public.%1$I SET %2$I = $2 || substr(%2$I, length($1) + 1)
                WHERE %2$I ^@ $1', kept.name, kept.path) USING olds[way], news[way];
            GET DIAGNOSTICS more = ROW_COUNT;
            changed := changed + more;
        END LOOP;
    END LOOP;
    PERFORM set_config('pgtrigger.ignore', '', true);
    RETURN changed;
END $$
"""
"""Its ways come from the history of the tree, and each ends where its place is now.

All triggers of a table are kept quiet but those that write its history: what was decided stays, and
that its path changed is written down with who loaded the divisions. A way that another one covers
is left out, so that a township with a hundred schools is one way.
"""


def stays(model: type[models.Model], field: str, *, why: str) -> None:
    """Say that a path is of then, or of no place at all, and is not to follow."""
    _STAYS[model, field] = why


def staying() -> dict[tuple[type[models.Model], str], str]:
    """The paths that do not follow, with why."""
    return dict(_STAYS)


def paths() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that is called a path, of tables that are no history and not the tree itself."""
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.app_label != "places" and options.managed and not _is_history(model):
            for field in options.local_concrete_fields:
                if isinstance(field, models.TextField | models.CharField) and (
                    field.name == "path" or field.name.endswith("_path")
                ):
                    yield model, field.name


def _is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def following() -> list[tuple[str, str]]:
    """Table and column of every path that follows."""
    return sorted(
        (model._meta.db_table, name) for model, name in paths() if (model, name) not in _STAYS
    )


def make_function(*, using: str, **_kwargs: Any) -> None:
    """Write the function with the tables that there are; after every `migrate`, by the owner."""
    columns = ", ".join(f"('{table}', '{column}')" for table, column in following())
    with connections[using].cursor() as cursor:
        cursor.execute(FUNCTION.format(columns=columns))


def follow(since: datetime | None = None) -> int:
    """Bring every row to where the tree says; how many rows that were.

    Args:
        since: Places that moved from then on; in this transaction where none is given.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT places_follow(coalesce(%s, now()))", [since])
        return int(cursor.fetchone()[0])


def follow_late() -> int:
    """Rows that were written with an old path while their place moved; every ten minutes."""
    return follow(timezone.now() - LATE)
