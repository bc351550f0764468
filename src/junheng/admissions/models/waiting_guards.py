"""What the database refuses of check-in and waiting lists: too early, twice, or for nobody."""

from __future__ import annotations

import pgtrigger

from junheng.commons.models.guards import before

BEGUN = """
    IF TG_OP = 'UPDATE' AND ROW(NEW.application_id, NEW.round_id)
        IS DISTINCT FROM ROW(OLD.application_id, OLD.round_id) THEN
        RAISE EXCEPTION 'who came to check in stays who it is';
    END IF;
    IF NOT EXISTS (
        SELECT FROM admissions_application AS application
        JOIN admissions_round AS round ON round.id = application.round_id
        JOIN admissions_rounddate AS span
            ON span.round_id = round.id AND span.what = 'check_in'
        WHERE application.id = NEW.application_id AND round.id = NEW.round_id
            AND round.state = 'published' AND span.begins_at <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'check-in has not begun';
    END IF;
    RETURN NEW;
"""

ABSENT = """
    IF NEW.why = 'absent' AND (EXISTS (
        SELECT FROM admissions_attendance WHERE application_id = NEW.application_id
    ) OR NOT EXISTS (
        SELECT FROM admissions_rounddate AS span
        WHERE span.round_id = NEW.round_id AND span.what = 'check_in'
            AND span.ends_at < clock_timestamp()
    )) THEN
        RAISE EXCEPTION 'a seat is released after check-in, of who neither came nor is excused';
    END IF;
    IF NEW.why = 'waiting' AND NOT EXISTS (
        SELECT FROM admissions_seatoffer
        WHERE id = NEW.offer_id AND application_id = NEW.application_id
            AND school_id = NEW.school_id AND state = 'accepted'
    ) THEN
        RAISE EXCEPTION 'a seat from the waiting list is one that was offered and accepted';
    END IF;
    RETURN NEW;
"""

ANSWERED_ONCE = """
    IF ROW(NEW.id, NEW.call_up_id, NEW.round_id, NEW.application_id, NEW.school_id, NEW.until)
        IS DISTINCT FROM ROW(OLD.id, OLD.call_up_id, OLD.round_id, OLD.application_id,
        OLD.school_id, OLD.until) OR OLD.state <> 'offered' THEN
        RAISE EXCEPTION 'an offer is answered once, and nothing else of it changes';
    END IF;
    IF NEW.state = 'accepted' AND clock_timestamp() > OLD.until THEN
        RAISE EXCEPTION 'an offer is accepted in time';
    END IF;
    RETURN NEW;
"""

BEGINS_OPEN = """
    IF NEW.state <> 'offered' OR NOT EXISTS (
        SELECT FROM admissions_callup AS called
        JOIN admissions_application AS application ON application.round_id = called.round_id
        WHERE called.id = NEW.call_up_id AND called.round_id = NEW.round_id
            AND application.id = NEW.application_id
            AND called.receipt->'calls' @> jsonb_build_array(jsonb_build_array(
                (SELECT code FROM admissions_roundschool WHERE id = NEW.school_id),
                application.code
            ))
    ) THEN
        RAISE EXCEPTION 'a seat is offered to whom the call-up names';
    END IF;
    RETURN NEW;
"""

TOGETHER = """
    IF EXISTS (
        SELECT FROM admissions_seatoffer AS mine
        JOIN admissions_application AS child ON child.id = mine.application_id
        JOIN admissions_callup AS called ON called.id = mine.call_up_id
        JOIN admissions_seatoffer AS other ON other.call_up_id = called.id
        JOIN admissions_application AS twin ON twin.id = other.application_id
        CROSS JOIN jsonb_array_elements(called.receipt->'together_or_not_at_all') AS members
        WHERE mine.id = NEW.id AND members ? child.code AND members ? twin.code
            AND other.state <> mine.state
    ) THEN
        RAISE EXCEPTION 'those who were called up together are answered for together';
    END IF;
    RETURN NEW;
"""


def of_an_attendance() -> list[pgtrigger.Trigger]:
    """Ticked once check-in has begun, while the round is open to it."""
    return [before("attendance_in_time", pgtrigger.Insert | pgtrigger.Update, BEGUN)]


def of_an_offer() -> list[pgtrigger.Trigger]:
    """Offered by a call-up, answered once and in time, for twins together, kept."""
    return [
        pgtrigger.Trigger(
            name="seat_offer_of_twins_together",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # so in the library
            timing=pgtrigger.Deferred,
            func=TOGETHER,
        ),
        before("seat_offer_of_a_call_up", pgtrigger.Insert, BEGINS_OPEN),
        before("seat_offer_answered_once", pgtrigger.Update, ANSWERED_ONCE),
        before("seat_offer_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'an offer is kept';"),
    ]


def decisions_follow_check_in() -> pgtrigger.Trigger:
    """Nobody who came loses a seat, and nobody is called up past the list."""
    return before("seat_decision_follows_check_in", pgtrigger.Insert, ABSENT)
