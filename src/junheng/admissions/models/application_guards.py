"""What the database refuses of applications: too late, out of turn, or another child."""

from __future__ import annotations

import pgtrigger

from junheng.admissions.engine.calendar import GRACE
from junheng.commons.models.guards import before

NEXT = {
    "received": ("checking", "review", "asked", "passed", "withdrawn"),
    "checking": ("received", "review", "asked", "passed", "withdrawn"),
    "review": ("received", "checking", "asked", "passed", "refused", "withdrawn"),
    "asked": ("received", "review", "refused", "withdrawn"),
    "passed": ("received", "review", "withdrawn"),
    "refused": ("review", "passed", "withdrawn"),
    "withdrawn": (),
}
"""Which state may follow which; a program passes, asks or waits, only a person refuses."""


def of_a_draft() -> list[pgtrigger.Trigger]:
    """A draft belongs to an open round and never to another person or round."""
    return [
        before(
            "draft_in_an_open_round",
            pgtrigger.Insert | pgtrigger.Update,
            """
            IF TG_OP = 'UPDATE' AND ROW(NEW.round_id, NEW.owner_id, NEW.began_at)
                IS DISTINCT FROM ROW(OLD.round_id, OLD.owner_id, OLD.began_at) THEN
                RAISE EXCEPTION 'a draft stays whose it is';
            END IF;
            IF TG_OP = 'INSERT' AND NOT EXISTS (
                SELECT FROM admissions_round WHERE id = NEW.round_id AND state = 'open'
            ) THEN
                RAISE EXCEPTION 'a draft is begun while its round is open';
            END IF;
            RETURN NEW;
            """,
        )
    ]


def of_an_application() -> list[pgtrigger.Trigger]:
    """It comes in time, stays the child's and the family's, and moves as `NEXT` says."""
    return [
        before("application_in_time", pgtrigger.Insert, IN_TIME),
        before("application_moves", pgtrigger.Update, _moves()),
        before("application_is_kept", pgtrigger.Delete, KEPT),
    ]


IN_TIME = f"""
    IF NEW.channel = 'roster' OR NEW.carried_from_id IS NOT NULL THEN
        RETURN NEW; -- of a carried one its own trigger asks when it came
    END IF;
    IF NEW.state <> 'received' THEN
        RAISE EXCEPTION 'an application begins with being received';
    END IF;
    IF NOT EXISTS (
        SELECT FROM admissions_round AS round
        JOIN admissions_rounddate AS span
            ON span.round_id = round.id AND span.what = 'applications'
        WHERE round.id = NEW.round_id AND round.state = 'open'
            AND NEW.began_at BETWEEN span.begins_at AND span.ends_at
            AND NEW.submitted_at BETWEEN NEW.began_at
                AND span.ends_at + interval '{int(GRACE.total_seconds())} seconds'
            AND NEW.submitted_at <= clock_timestamp() + interval '1 minute'
    ) THEN
        RAISE EXCEPTION 'applications come in the time that was announced';
    END IF;
    RETURN NEW;
"""

MOVES = """
    IF ROW(NEW.id, NEW.round_id, NEW.number, NEW.code, NEW.channel, NEW.entered_by_id,
        NEW.began_at, NEW.submitted_at) IS DISTINCT FROM ROW(OLD.id, OLD.round_id, OLD.number,
        OLD.code, OLD.channel, OLD.entered_by_id, OLD.began_at, OLD.submitted_at) THEN
        RAISE EXCEPTION 'application %: whose it is and when it came never changes', OLD.number;
    END IF;
    IF NEW.state <> OLD.state AND NOT (ALLOWED) THEN
        RAISE EXCEPTION 'application %: from % to % is no way', OLD.number, OLD.state, NEW.state;
    END IF;
    RETURN NEW;
"""

KEPT = """
    IF OLD.channel <> 'roster' AND EXISTS (
        SELECT FROM admissions_round WHERE id = OLD.round_id AND state <> 'closed'
    ) THEN
        RAISE EXCEPTION 'application %: it is kept as long as its round', OLD.number;
    END IF;
    RETURN OLD;
"""


def _moves() -> str:
    allowed = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state = '{new}')"
        for old, following in NEXT.items()
        for new in following
    )
    return MOVES.replace("ALLOWED", allowed)


def verifications_stay() -> pgtrigger.Trigger:
    """What was found is never written over: finding again makes another row."""
    return before(
        "verification_stays",
        pgtrigger.Update,
        "RAISE EXCEPTION 'what a verification found never changes';",
    )


def rules_change_while_planned() -> pgtrigger.Trigger:
    """Families apply by the tiers that were announced."""
    return before(
        "verification_rules_while_planned",
        pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        """
        IF EXISTS (
            SELECT FROM admissions_round
            WHERE id IN (OLD.round_id, NEW.round_id) AND state <> 'planned'
        ) THEN
            RAISE EXCEPTION 'how proofs are read stays as it was announced';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        """,
    )


def lists_are_frozen_when_all_is_settled() -> pgtrigger.Trigger:
    """Nobody's application is forgotten: as long as one waits, the first list is not frozen."""
    return before(
        "frozen_list_when_all_is_settled",
        pgtrigger.Insert,
        """
        IF NEW.version = 1 AND EXISTS (
            SELECT FROM admissions_application
            WHERE round_id = NEW.round_id
                AND state IN ('received', 'checking', 'review', 'asked')
        ) THEN
            RAISE EXCEPTION 'a list is frozen when every application is settled';
        END IF;
        RETURN NEW;
        """,
    )
