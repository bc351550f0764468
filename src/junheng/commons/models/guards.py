"""What the database refuses, whoever asks: changing a snapshot, a receipt, a published run.

These are triggers, since no constraint can look at the row that was there before. The role
under which the site works can neither drop nor disable them nor tell them to look away (the
switch `pgtrigger.ignore` is taken from it after every migration, see `apps.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

OF_THE_REQUEST = (
    *("ref", "kind", "matter", "snapshot_id", "rules_version", "seed"),
    *("requested_by_id", "requested_at"),
)
OF_THE_RESULT = (
    *("state", "receipt", "receipt_sha256", "result_sha256"),
    *("started_at", "finished_at", "software"),
)
OF_AN_UPLOAD = ("id", "subject", "owner_id", "key", "length", "begun_at", "expires_at")
NEXT_OF_AN_UPLOAD = {
    "waiting": ("checking", "removed"),
    "checking": ("ready", "refused", "removed"),
    "ready": ("removed",),
    "refused": ("removed",),
}
NEXT_STATES = {
    "queued": ("running", "failed", "cancelled"),
    "running": ("done", "failed", "cancelled"),
}


def before(
    name: str,
    operation: pgtrigger.Operation,
    func: str,
    declare: list[tuple[str, str]] | None = None,
) -> pgtrigger.Trigger:
    """A trigger that looks at each row before it is written."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=operation, func=func, declare=declare
    )


def never_changes(name: str) -> pgtrigger.Trigger:
    """Rows are written once and stay."""
    return before(
        f"{name}_never_changes",
        pgtrigger.Update | pgtrigger.Delete,
        f"RAISE EXCEPTION 'a {name} never changes';",
    )


def of_a_run() -> list[pgtrigger.Trigger]:
    """A run begins queued, moves forward only, and what is done or published stays."""
    steps = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state IN {new})" for old, new in NEXT_STATES.items()
    )
    ended = "OLD.state IN ('done', 'failed', 'cancelled')"
    update = f"""
        IF {_differ(OF_THE_REQUEST)} THEN
            RAISE EXCEPTION 'run %: what was asked for never changes', OLD.ref;
        END IF;
        IF OLD.state <> NEW.state AND NOT ({steps}) THEN
            RAISE EXCEPTION 'run %: from % to % is no way', OLD.ref, OLD.state, NEW.state;
        END IF;
        IF {ended} AND ({_differ(OF_THE_RESULT)}) THEN
            RAISE EXCEPTION 'run %: a run that has ended never changes', OLD.ref;
        END IF;
        IF OLD.published_at IS NOT NULL AND ({_differ(("published_at", "published_by_id"))})
            OR OLD.superseded_at IS NOT NULL AND ({_differ(("superseded_at",))}) THEN
            RAISE EXCEPTION 'run %: what was published never changes', OLD.ref;
        END IF;
        RETURN NEW;
    """
    insert = """
        IF NEW.state <> 'queued' OR NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'run %: a run begins waiting', NEW.ref;
        END IF;
        RETURN NEW;
    """
    delete = """
        IF OLD.state = 'done' THEN
            RAISE EXCEPTION 'run %: a run that is done is kept', OLD.ref;
        END IF;
        RETURN OLD;
    """
    return [
        before("run_begins_waiting", pgtrigger.Insert, insert),
        before("run_moves_forward", pgtrigger.Update, update),
        before("run_done_is_kept", pgtrigger.Delete, delete),
    ]


def of_a_run_file() -> list[pgtrigger.Trigger]:
    """Files are added while their run works; those of an unfinished attempt may be cleared."""
    guard = """
        IF (SELECT state FROM commons_run WHERE id = {row}.run_id) IS DISTINCT FROM 'running' THEN
            RAISE EXCEPTION 'files of a run come and go only while it works';
        END IF;
        RETURN {row};
    """
    return [
        before("run_file_added", pgtrigger.Insert, guard.format(row="NEW")),
        before("run_file_removed", pgtrigger.Delete, guard.format(row="OLD")),
        before("run_file_changed", pgtrigger.Update, "RAISE EXCEPTION 'a file never changes';"),
    ]


def of_an_upload() -> list[pgtrigger.Trigger]:
    """A file begins empty, grows, moves forward only, and stays whose it is."""
    steps = " OR ".join(
        "(OLD.state = '{}' AND NEW.state IN ({}))".format(old, ", ".join(f"'{n}'" for n in new))
        for old, new in NEXT_OF_AN_UPLOAD.items()
    )
    insert = """
        IF NEW.state <> 'waiting' OR NEW.received <> 0 OR NEW.sha256 <> '' THEN
            RAISE EXCEPTION 'an upload begins empty';
        END IF;
        RETURN NEW;
    """
    update = f"""
        IF {_differ(OF_AN_UPLOAD)} OR NEW.received < OLD.received
            OR NEW.received <> OLD.received AND OLD.state <> 'waiting' THEN
            RAISE EXCEPTION 'an upload grows, and what was begun never changes';
        END IF;
        IF OLD.state <> NEW.state AND NOT ({steps}) THEN
            RAISE EXCEPTION 'an upload does not go from % to %', OLD.state, NEW.state;
        END IF;
        IF NEW.sha256 <> OLD.sha256 AND NOT (
            OLD.state = 'checking' AND NEW.state = 'ready'
            OR NEW.state = 'removed' AND NEW.sha256 = ''
        ) THEN
            RAISE EXCEPTION 'what an upload holds never changes';
        END IF;
        RETURN NEW;
    """
    return [
        before("upload_begins_empty", pgtrigger.Insert, insert),
        before("upload_moves_forward", pgtrigger.Update, update),
    ]


def _differ(columns: Iterable[str]) -> str:
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"
