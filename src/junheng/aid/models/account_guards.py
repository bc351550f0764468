"""What the database refuses of accounts: a change, or deleting one before its time."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.payment_guards import EMPTIED_AFTER
from junheng.commons.models.guards import before

ACCOUNT_STAYS = """
    IF OLD.replaced_at IS NOT NULL OR NEW.replaced_at IS NULL
        OR to_jsonb(NEW) - 'replaced_at' <> to_jsonb(OLD) - 'replaced_at' THEN
        RAISE EXCEPTION 'an account is replaced by another one, it does not change';
    END IF;
    RETURN NEW;
"""
ACCOUNT_KEPT = f"""
    IF OLD.entered_at > clock_timestamp() - INTERVAL '{EMPTIED_AFTER}' THEN
        RAISE EXCEPTION 'an account is replaced, and deleted when due';
    END IF;
    RETURN OLD;
"""


def of_an_account() -> list[pgtrigger.Trigger]:
    """Replaced, never changed."""
    return [
        before("account_is_replaced", pgtrigger.Update, ACCOUNT_STAYS),
        before("account_is_kept", pgtrigger.Delete, ACCOUNT_KEPT),
    ]
