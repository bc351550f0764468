"""What the database refuses after a result: a seat above the cap, one taken away, a late objection.

The count of a school is that of its placements in the published run whose children have no
decision since, and of the newest decisions. The round is held meanwhile, so that two people
who decide at the same time are counted one after the other.
"""

from __future__ import annotations

import pgtrigger

from junheng.admissions.engine.calendar import GRACE
from junheng.commons.models.guards import before
from junheng.registry.facade import CLASS_CAP

WITHIN = f"""
    SELECT run.run_id, run.input_id INTO published, tables
    FROM admissions_round AS round
    JOIN admissions_roundrun AS run ON run.round_id = round.id
    JOIN commons_run AS made ON made.id = run.run_id
    WHERE round.id = NEW.round_id AND round.state = 'published'
        AND made.published_at IS NOT NULL AND made.superseded_at IS NULL
        AND run.input_id = (
            SELECT input_id FROM admissions_frozenlist
            WHERE round_id = NEW.round_id ORDER BY version DESC LIMIT 1
        )
    FOR UPDATE OF round;
    IF published IS NULL THEN
        RAISE EXCEPTION 'seats are decided while the result is published and not being corrected';
    END IF;
    SELECT code INTO child FROM admissions_application
    WHERE id = NEW.application_id AND round_id = NEW.round_id AND state <> 'withdrawn';
    IF child IS NULL THEN
        RAISE EXCEPTION 'the application is not one of this round';
    END IF;
    IF NEW.replaces_id IS NULL THEN
        SELECT school_id INTO held FROM admissions_placement
        WHERE run_id = published AND code = child;
    ELSE
        SELECT school_id INTO held FROM admissions_seatdecision
        WHERE id = NEW.replaces_id AND application_id = NEW.application_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a decision replaces one of the same child';
        END IF;
    END IF;
    IF held IS DISTINCT FROM NEW.former_id OR held = NEW.school_id THEN
        RAISE EXCEPTION 'a decision begins with the seat that the child holds';
    END IF;
    IF NEW.school_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT count(*) INTO taken FROM admissions_placement AS placement
    WHERE placement.run_id = published AND placement.school_id = NEW.school_id
        AND NOT EXISTS (
            SELECT FROM admissions_seatdecision AS since
            JOIN admissions_application AS asked ON asked.id = since.application_id
            WHERE since.round_id = NEW.round_id AND asked.code = placement.code
        );
    taken := taken + (
        SELECT count(*) FROM admissions_seatdecision AS newest
        WHERE newest.school_id = NEW.school_id AND NOT EXISTS (
            SELECT FROM admissions_seatdecision AS later WHERE later.replaces_id = newest.id
        )
    );
    IF NOT EXISTS (
        SELECT FROM admissions_roundschool AS school
        WHERE school.id = NEW.school_id AND school.input_id = tables
            AND school.path = NEW.school_path AND taken < CASE NEW.why
                WHEN 'objection' THEN school.classes * least(school.class_cap, {CLASS_CAP})
                    - school.continuing - school.reserved
                ELSE school.seats END
    ) THEN
        RAISE EXCEPTION 'the school has no seat left within the class cap';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- a constant

FOR_AN_OPEN_OBJECTION = """
    IF NEW.why = 'objection' AND NOT EXISTS (
        SELECT FROM admissions_objection
        WHERE id = NEW.objection_id AND application_id = NEW.application_id AND state = 'open'
    ) THEN
        RAISE EXCEPTION 'an objection is upheld once, while it is open';
    END IF;
    RETURN NEW;
"""

IN_TIME = f"""
    IF NEW.state <> 'open' OR NEW.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'an objection begins open';
    END IF;
    PERFORM FROM admissions_round WHERE id = NEW.round_id FOR SHARE;
    IF NOT EXISTS (
        SELECT FROM admissions_application AS application
        JOIN admissions_round AS round ON round.id = application.round_id
        JOIN admissions_rounddate AS span
            ON span.round_id = round.id AND span.what = 'objections'
        WHERE application.id = NEW.application_id AND round.id = NEW.round_id
            AND round.state = 'published' AND application.state <> 'withdrawn'
            AND NEW.began_at BETWEEN span.begins_at AND span.ends_at
            AND NEW.raised_at BETWEEN NEW.began_at
                AND span.ends_at + interval '{int(GRACE.total_seconds())} seconds'
            AND NEW.raised_at <= clock_timestamp() + interval '1 minute'
    ) THEN
        RAISE EXCEPTION 'objections come in the time that was announced';
    END IF;
    RETURN NEW;
"""

ANSWERED_ONCE = """
    IF ROW(NEW.id, NEW.number, NEW.round_id, NEW.application_id, NEW.began_at, NEW.raised_at,
        NEW.raised_by_id) IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.round_id,
        OLD.application_id, OLD.began_at, OLD.raised_at, OLD.raised_by_id) THEN
        RAISE EXCEPTION 'objection %: whose it is and when it came never changes', OLD.number;
    END IF;
    IF OLD.state <> 'open' AND ROW(NEW.state, NEW.answered_at, NEW.answered_by_id, NEW.second_id)
        IS DISTINCT FROM ROW(OLD.state, OLD.answered_at, OLD.answered_by_id, OLD.second_id) THEN
        RAISE EXCEPTION 'objection %: it is answered once', OLD.number;
    END IF;
    IF OLD.satisfied IS NOT NULL AND NEW.satisfied IS DISTINCT FROM OLD.satisfied THEN
        RAISE EXCEPTION 'objection %: what the family said of its answer stays', OLD.number;
    END IF;
    IF NEW.state = 'upheld' AND NOT EXISTS (
        SELECT FROM admissions_seatdecision WHERE objection_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'objection %: it is upheld with a decision', OLD.number;
    END IF;
    RETURN NEW;
"""

NO_CORRECTION = """
    IF NEW.version > 1 AND EXISTS (
        SELECT FROM admissions_seatdecision WHERE round_id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'seats were decided since the result: it is mended child by child now';
    END IF;
    RETURN NEW;
"""


def of_an_objection() -> list[pgtrigger.Trigger]:
    """It comes in time, stays the family's, is answered once, and is kept."""
    return [
        before("objection_in_time", pgtrigger.Insert, IN_TIME),
        before("objection_answered_once", pgtrigger.Update, ANSWERED_ONCE),
        before("objection_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'an objection is kept';"),
    ]


def of_a_seat_decision() -> list[pgtrigger.Trigger]:
    """One child, one seat, never above the cap, and nobody else's seat is touched."""
    return [
        before(
            "seat_decision_within_the_cap",
            pgtrigger.Insert,
            WITHIN,
            declare=[
                ("published", "BIGINT"),
                ("tables", "BIGINT"),
                ("child", "TEXT"),
                ("held", "BIGINT"),
                ("taken", "BIGINT"),
            ],
        ),
        before("seat_decision_for_an_objection", pgtrigger.Insert, FOR_AN_OPEN_OBJECTION),
    ]


def no_correction_after_decisions() -> pgtrigger.Trigger:
    """A corrected list knows nothing of decisions since, so it would count them twice."""
    return before("frozen_list_before_decisions", pgtrigger.Insert, NO_CORRECTION)
