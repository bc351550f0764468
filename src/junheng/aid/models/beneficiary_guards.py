"""What the database refuses of beneficiaries: another person under one key, a lost payee."""

from __future__ import annotations

import pgtrigger

from junheng.commons.models.guards import before

WHERE_IT_STANDS = """
    SELECT CASE WHEN NEW.organisation_id IS NULL THEN
            (SELECT path FROM places_place WHERE id = NEW.place_id)
        ELSE
            (SELECT path FROM places_organisation WHERE id = NEW.organisation_id)
        END INTO stands;
    IF stands IS DISTINCT FROM NEW.path OR NOT EXISTS (
        SELECT FROM places_place
        WHERE id = NEW.place_id AND level IN ('county', 'township')
            AND starts_with(NEW.path, path)
    ) THEN
        RAISE EXCEPTION 'a beneficiary stands in a county or township, and in its own institution'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
ONE_PERSON = """
    IF ROW(NEW.id, NEW.stage, NEW.valid_from, NEW.batch, NEW.entered_by_id, NEW.entered_at)
        IS DISTINCT FROM ROW(OLD.id, OLD.stage, OLD.valid_from, OLD.batch, OLD.entered_by_id,
        OLD.entered_at) THEN
        RAISE EXCEPTION 'a beneficiary stays the person that was entered'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
PAID = """
    IF EXISTS (SELECT FROM aid_paymentline WHERE subject = OLD.id::text)
        OR EXISTS (SELECT FROM aid_formerpayment WHERE subject = OLD.id::text) THEN
        RAISE EXCEPTION 'a beneficiary on a payment line stays'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
"""


def of_a_beneficiary() -> list[pgtrigger.Trigger]:
    """The place fits, the person stays, and nobody goes who was paid."""
    written = pgtrigger.Insert | pgtrigger.Update
    return [
        before("beneficiary_stands", written, WHERE_IT_STANDS, [("stands", "TEXT")]),
        before("beneficiary_stays", pgtrigger.Update, ONE_PERSON),
        before("beneficiary_paid_is_kept", pgtrigger.Delete, PAID),
    ]
