"""What the database refuses of supplements and recoveries: a fen more than is right."""

from __future__ import annotations

import pgtrigger

from junheng.commons.models.guards import before, never_changes

RECOVERY = "aid.recovery"
"""The step for two by which money that came back is written down; the database looks for it."""

ONE_AFTER_THE_OTHER = "PERFORM pg_advisory_xact_lock(hashtextextended('aid: what was paid', 0));"
"""Sums of what was paid are looked at and added to by one transaction after the other."""

SETTLED = """
    SELECT COALESCE((SELECT sum(fen) FROM aid_paymentline WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day AND follows_id IS NULL), 0)
        + COALESCE((SELECT sum(fen) FROM aid_formerpayment WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day), 0)
        - COALESCE((SELECT sum(fen) FROM aid_recovery WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day), 0) INTO settled;
"""
"""What is paid or on its way for a person, policy and counting day, without what came back."""

SUPPLEMENT = f"""
    {ONE_AFTER_THE_OTHER}
    {SETTLED}
    SELECT entitlement.fen INTO due FROM aid_entitlement AS entitlement
        JOIN commons_run AS run ON run.id = entitlement.run_id
        JOIN places_place AS county ON county.id = batch.place_id
        WHERE run.matter = 'aid ' || batch.period || ' ' || county.code
            AND run.published_at IS NOT NULL AND run.superseded_at IS NULL
            AND entitlement.subject = NEW.subject::uuid AND entitlement.policy = NEW.policy
            AND entitlement.for_day = NEW.for_day AND entitlement.answer = 0;
    IF due IS NULL OR settled + NEW.fen > due OR NOT EXISTS (
        SELECT FROM aid_paymentline WHERE subject = NEW.subject AND policy = NEW.policy
            AND for_day = NEW.for_day
        UNION ALL SELECT FROM aid_formerpayment WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day
    ) THEN
        RAISE EXCEPTION 'a supplement pays what is missing of what is due, and no more';
    END IF;
    RETURN NEW;
"""

CAME_BACK = f"""
    {ONE_AFTER_THE_OTHER}
    IF NOT EXISTS (
        SELECT FROM commons_approval WHERE kind = '{RECOVERY}' AND state = 'agreed'
            AND payload ->> 'recovery' = NEW.id::text AND asked_by_id = NEW.asked_by_id
            AND decided_by_id = NEW.agreed_by_id AND payload ->> 'fen' = NEW.fen::text
            AND payload ->> 'subject' = NEW.subject AND payload ->> 'policy' = NEW.policy
    ) THEN
        RAISE EXCEPTION 'two people write down that money came back';
    END IF;
    IF (SELECT closed_at FROM aid_aidterm WHERE id = NEW.term_id FOR SHARE) IS NOT NULL THEN
        RAISE EXCEPTION 'a term that is closed stays closed';
    END IF;
    SELECT COALESCE((SELECT sum(outcome.paid_fen) FROM aid_paymentoutcome AS outcome
            JOIN aid_paymentline AS line ON line.id = outcome.line_id
            WHERE line.subject = NEW.subject AND line.policy = NEW.policy
                AND line.for_day = NEW.for_day), 0)
        + COALESCE((SELECT sum(fen) FROM aid_formerpayment WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day), 0)
        - COALESCE((SELECT sum(fen) FROM aid_recovery WHERE subject = NEW.subject
            AND policy = NEW.policy AND for_day = NEW.for_day), 0) INTO arrived;
    IF NEW.fen > arrived THEN
        RAISE EXCEPTION 'no more comes back than reached its account';
    END IF;
    RETURN NEW;
"""


def of_a_recovery() -> list[pgtrigger.Trigger]:
    """By two people, in an open term, never more than arrived; and kept."""
    return [
        before("recovery_by_two", pgtrigger.Insert, CAME_BACK, [("arrived", "BIGINT")]),
        never_changes("recovery"),
    ]
