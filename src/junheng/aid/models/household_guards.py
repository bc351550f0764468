"""What the database keeps true of households and statuses, whoever asks.

No constraint can look at the row that was there before or at another table, so these are
triggers. The role under which the site works can neither drop them nor switch them off.
"""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

IN_A_VILLAGE = """
    PERFORM 1 FROM places_place WHERE id = NEW.village_id FOR KEY SHARE;
    IF TG_OP = 'UPDATE' AND NEW.village_id <> OLD.village_id AND NOT EXISTS (
        SELECT FROM aid_villagemerge
            WHERE village_id = OLD.village_id AND into_id = NEW.village_id
    ) THEN
        RAISE EXCEPTION 'household %: it stays in its village', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM aid_villagemerge WHERE village_id = NEW.village_id) THEN
        RAISE EXCEPTION 'household %: that village is part of another one', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT level FROM places_place WHERE id = NEW.village_id) IS DISTINCT FROM 'village' THEN
        RAISE EXCEPTION 'household %: it lives in a village', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

BEGINS = """
    IF NEW.opening_id IS NOT NULL THEN
        IF (SELECT approved_at FROM aid_openingregister WHERE id = NEW.opening_id)
            IS NOT NULL OR NEW.ended_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'a register that was signed takes nothing in any more'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM aid_household WHERE id = NEW.household_id FOR UPDATE;
    IF NEW.valid_to IS NOT NULL OR NOT EXISTS (
        SELECT FROM aid_householdreview review
        WHERE review.id = NEW.review_id AND review.state = 'approved'
            AND review.household_id = NEW.household_id AND review.kind = NEW.kind
            AND (review.action, NEW.begun) IN (('identify', 'identified'), ('return', 'returned'))
            AND ROW(review.category, review.work_class, review.cause)
                IS NOT DISTINCT FROM ROW(NEW.category, NEW.work_class, NEW.cause)
    ) THEN
        RAISE EXCEPTION 'a status begins by a review that three levels approved'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

ENDS_ONCE = """
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM aid_openingregister opening
                WHERE opening.id = OLD.opening_id AND opening.approved_at IS NULL) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a status is kept' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL OR {differ} THEN
        RAISE EXCEPTION 'a status never changes; it ends once' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM aid_householdreview review
        WHERE review.id = NEW.ended_by_id AND review.state = 'approved'
            AND review.action = 'remove' AND review.household_id = NEW.household_id
            AND review.kind = NEW.kind
    ) THEN
        RAISE EXCEPTION 'a status ends by a review that three levels approved'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

SIGNED_ONCE = """
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'a register that was signed stays as it is'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF {differ} THEN
        RAISE EXCEPTION 'of a register only the second signature is added'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

MEASURES_END = """
    IF TG_OP = 'DELETE' OR OLD.valid_to IS NOT NULL OR {differ} THEN
        RAISE EXCEPTION 'a set of measures never changes; it ends, and the next one begins'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

_OF_A_STATUS = (
    *("household_id", "kind", "category", "work_class", "cause", "begun", "valid_from"),
    *("review_id", "opening_id", "recorded_at"),
)
_OF_AN_OPENING = ("ref", "place_id", "document", "loaded_by_id", "loaded_at", "batch")
_OF_MEASURES = (
    *("household_id", "measures", "plan", "responsible", "valid_from"),
    *("entered_by_id", "entered_at"),
)


def differ(columns: Iterable[str]) -> str:
    """The condition that one of these columns was changed."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def before(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    """Something that is looked at before it is written."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=func)


def household_lives_in_a_village() -> pgtrigger.Trigger:
    return before("household_in_a_village", pgtrigger.Insert | pgtrigger.Update, IN_A_VILLAGE)


def of_a_status() -> list[pgtrigger.Trigger]:
    ends = ENDS_ONCE.format(differ=differ(_OF_A_STATUS))
    return [
        before("status_begins", pgtrigger.Insert, BEGINS),
        before("status_ends_once", pgtrigger.Update | pgtrigger.Delete, ends),
    ]


def opening_is_signed_once() -> pgtrigger.Trigger:
    func = SIGNED_ONCE.format(differ=differ(_OF_AN_OPENING))
    return before("opening_is_signed_once", pgtrigger.Update | pgtrigger.Delete, func)


def measures_end_once() -> pgtrigger.Trigger:
    func = MEASURES_END.format(differ=differ(_OF_MEASURES))
    return before("measures_end_once", pgtrigger.Update | pgtrigger.Delete, func)
