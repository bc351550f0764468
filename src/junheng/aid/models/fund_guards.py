"""What the database refuses of funds: more out than in, and a gift for something else."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.ledger_guards import never
from junheng.aid.models.payment_guards import EMPTIED_AFTER
from junheng.commons.models.guards import before

GIFT_STAYS = """
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'thanked_on' <> to_jsonb(OLD) - 'thanked_on'
        OR OLD.thanked_on IS NOT NULL THEN
        RAISE EXCEPTION 'a donation stays what it is; thanks are noted once';
    END IF;
    RETURN NEW;
"""
GRANTED = """
    PERFORM FROM aid_educationfund WHERE id = NEW.fund_id FOR UPDATE;
    IF NEW.donation_id IS NOT NULL THEN
        SELECT fen INTO given FROM aid_donation
            WHERE id = NEW.donation_id AND fund_id = NEW.fund_id AND purpose <> ''
            AND purpose = NEW.purpose;
    ELSE
        SELECT COALESCE(sum(fen), 0) INTO given FROM aid_donation
            WHERE fund_id = NEW.fund_id AND purpose = '';
    END IF;
    SELECT COALESCE(sum(fen), 0) INTO gone FROM aid_grant
        WHERE fund_id = NEW.fund_id AND donation_id IS NOT DISTINCT FROM NEW.donation_id;
    IF given IS NULL OR gone + NEW.fen > given THEN
        RAISE EXCEPTION 'a grant is made of what there is, a designated gift for its purpose';
    END IF;
    RETURN NEW;
"""
LOAN_STAYS = f"""
    IF NEW.resident_id_key <> '' OR num_nonnulls(NEW.name, NEW.resident_id) > 0
        OR OLD.at > clock_timestamp() - INTERVAL '{EMPTIED_AFTER}'
        OR to_jsonb(NEW) - ARRAY['name', 'resident_id', 'resident_id_key']
            <> to_jsonb(OLD) - ARRAY['name', 'resident_id', 'resident_id_key'] THEN
        RAISE EXCEPTION 'a student loan stays as it was entered; names are emptied when due';
    END IF;
    RETURN NEW;
"""


def of_a_fund() -> list[pgtrigger.Trigger]:
    """Kept as it was founded."""
    return [never("fund_stays", "a fund stays as it was founded")]


def of_a_donation() -> list[pgtrigger.Trigger]:
    """Kept; thanked once."""
    return [before("donation_stays", pgtrigger.Update | pgtrigger.Delete, GIFT_STAYS)]


def of_a_grant() -> list[pgtrigger.Trigger]:
    """Never more than there is, and what is designated for its purpose only."""
    declared = [("given", "BIGINT"), ("gone", "BIGINT")]
    return [
        before("grant_of_what_there_is", pgtrigger.Insert, GRANTED, declared),
        never("grant_stays", "a grant stays"),
    ]


def of_a_loan() -> list[pgtrigger.Trigger]:
    """Kept as it was entered."""
    return [
        before("loan_stays", pgtrigger.Update, LOAN_STAYS),
        before("loan_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'a student loan is kept';"),
    ]
