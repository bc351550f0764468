"""What the database refuses of accounts: one without a second person, a change, a loss."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.payment_guards import EMPTIED_AFTER
from junheng.commons.models.guards import before

ACCOUNT_BEGINS = """
    IF num_nonnulls(NEW.decided_by_id, NEW.decided_at, NEW.replaced_at) > 0
        OR NEW.refused_because <> '' THEN
        RAISE EXCEPTION 'an account begins by waiting for its second person';
    END IF;
    RETURN NEW;
"""
ACCOUNT_STAYS = """
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.replaced_at IS NOT NULL
        OR OLD.decided_at IS NOT NULL AND (NEW.replaced_at IS NULL OR
            ROW(NEW.decided_by_id, NEW.decided_at, NEW.refused_because) IS DISTINCT FROM
            ROW(OLD.decided_by_id, OLD.decided_at, OLD.refused_because)) THEN
        RAISE EXCEPTION 'an account is decided once and replaced by another one, it stays as it is';
    END IF;
    RETURN NEW;
"""
MOVES = "ARRAY['decided_by_id', 'decided_at', 'refused_because', 'replaced_at']"
ACCOUNT_KEPT = f"""
    IF OLD.entered_at > clock_timestamp() - INTERVAL '{EMPTIED_AFTER}' THEN
        RAISE EXCEPTION 'an account is replaced, and deleted when due';
    END IF;
    RETURN OLD;
"""


def of_an_account() -> list[pgtrigger.Trigger]:
    """Decided by a second person, replaced, never changed."""
    return [
        before("account_begins_waiting", pgtrigger.Insert, ACCOUNT_BEGINS),
        before(
            "account_is_replaced",
            pgtrigger.Update,
            ACCOUNT_STAYS,
            [("moves", f"TEXT[] := {MOVES}")],
        ),
        before("account_is_kept", pgtrigger.Delete, ACCOUNT_KEPT),
    ]
