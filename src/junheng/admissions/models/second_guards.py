"""What the database refuses of a second round: a seat given twice, a child seated twice.

A second round gives out what the first one left over. So the first is held while something of the
second is decided that depends on it, always after the second itself, and never the other way.
"""

from __future__ import annotations

import pgtrigger

from junheng.admissions.engine.calendar import GRACE
from junheng.commons.models.guards import before
from junheng.registry.facade import CLASS_CAP

SEATED = """
    SELECT placement.code, school.code AS school
    FROM admissions_placement AS placement
    JOIN admissions_roundrun AS run ON run.run_id = placement.run_id
    JOIN commons_run AS made ON made.id = run.run_id
    JOIN admissions_roundschool AS school ON school.id = placement.school_id
    WHERE run.round_id = {round} AND made.published_at IS NOT NULL AND made.superseded_at IS NULL
        AND NOT EXISTS (
            SELECT FROM admissions_seatdecision AS since
            JOIN admissions_application AS asked ON asked.id = since.application_id
            WHERE since.round_id = {round} AND asked.code = placement.code
        )
    UNION ALL
    SELECT asked.code, school.code
    FROM admissions_seatdecision AS newest
    JOIN admissions_application AS asked ON asked.id = newest.application_id
    JOIN admissions_roundschool AS school ON school.id = newest.school_id
    WHERE newest.round_id = {round} AND NOT EXISTS (
        SELECT FROM admissions_seatdecision AS later WHERE later.replaces_id = newest.id
    )
"""
"""Who holds a seat in a round now, and where."""
TABLES = """
    SELECT run.input_id FROM admissions_roundrun AS run
    JOIN commons_run AS made ON made.id = run.run_id
    WHERE run.round_id = {round} AND made.published_at IS NOT NULL AND made.superseded_at IS NULL
"""
"""What the published result of a round was made from."""

FOLLOWS = f"""
    IF TG_OP = 'UPDATE' THEN
        IF NEW.second_of_id IS DISTINCT FROM OLD.second_of_id THEN
            RAISE EXCEPTION 'round %: which round it follows never changes', OLD.ref;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.second_of_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM FROM admissions_round WHERE id = NEW.second_of_id FOR UPDATE;
    IF NOT EXISTS (
        SELECT FROM admissions_round AS first
        JOIN admissions_rounddate AS span ON span.round_id = first.id AND span.what = 'check_in'
        JOIN admissions_rounddate AS doubts ON doubts.round_id = first.id
            AND doubts.what = 'objections'
        WHERE first.id = NEW.second_of_id AND first.state = 'published'
            AND first.second_of_id IS NULL
            AND ROW(first.place_id, first.path, first.year, first.level)
                = ROW(NEW.place_id, NEW.path, NEW.year, NEW.level)
            AND span.ends_at < clock_timestamp()
            AND doubts.ends_at + interval '{int(GRACE.total_seconds())} seconds'
                < clock_timestamp()
            AND first.input_id = ({TABLES.format(round="first.id")})
            AND NOT EXISTS (
                SELECT FROM admissions_objection WHERE round_id = first.id AND state = 'open'
            )
    ) THEN
        RAISE EXCEPTION 'a second round follows a published one after check-in and objections';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

LEFT_OVER = f"""
    IF NOT (OLD.state = 'planned' AND NEW.state = 'open') OR NEW.second_of_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM FROM admissions_round WHERE id = NEW.second_of_id FOR UPDATE;
    SELECT planned.code INTO wrong
    FROM admissions_plannedintake AS planned
    LEFT JOIN admissions_roundschool AS school ON school.code = planned.code
        AND school.input_id = ({TABLES.format(round="NEW.second_of_id")})
    WHERE planned.round_id = NEW.id AND planned.seats > greatest(0, coalesce(school.seats, 0)
        - (SELECT count(*) FROM ({SEATED.format(round="NEW.second_of_id")}) AS held
           WHERE held.school = planned.code)
        - (SELECT count(*) FROM admissions_seatoffer AS offer
           WHERE offer.school_id = school.id AND offer.state = 'offered'
               AND offer.until >= clock_timestamp()))
    ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'round %: school % has fewer seats left than planned', OLD.ref, wrong;
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

ASKED = f"""
    SELECT second_of_id INTO first FROM admissions_round WHERE id = NEW.round_id;
    IF TG_OP = 'UPDATE' AND NEW.carried_from_id IS DISTINCT FROM OLD.carried_from_id THEN
        RAISE EXCEPTION 'application %: from which it was carried never changes', OLD.number;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.carried_from_id IS NOT NULL AND (
        ROW(NEW.tier, NEW.zone, NEW.sibling_school, NEW."group")
        IS DISTINCT FROM ROW(OLD.tier, OLD.zone, OLD.sibling_school, OLD."group")
        OR NEW.state NOT IN ('passed', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'application %: what was found in the first round stays', OLD.number;
    END IF;
    IF first IS NOT NULL AND NEW.channel <> 'roster'
        AND (TG_OP = 'INSERT' OR NEW.wishes <> OLD.wishes)
        AND (jsonb_array_length(NEW.wishes) = 0 OR EXISTS (
            SELECT FROM jsonb_array_elements_text(NEW.wishes) AS wish (code)
            WHERE NOT EXISTS (
                SELECT FROM admissions_plannedintake AS planned
                WHERE planned.round_id = NEW.round_id AND planned.code = wish.code
                    AND planned.seats > 0
            )
        )) THEN
        RAISE EXCEPTION 'in a second round only schools with seats left are wished for';
    END IF;
    IF NEW.carried_from_id IS NULL THEN
        IF TG_OP = 'INSERT' AND first IS NOT NULL AND EXISTS (
            SELECT FROM admissions_application
            WHERE round_id = first AND code = NEW.code AND state = 'passed'
        ) THEN
            RAISE EXCEPTION 'a child of the first round takes part by asking to be carried over';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.wishes = OLD.wishes THEN
        RETURN NEW;
    END IF;
    IF first IS NULL OR NEW.state <> 'passed' OR NOT EXISTS (
        SELECT FROM admissions_round AS round
        JOIN admissions_rounddate AS span
            ON span.round_id = round.id AND span.what = 'applications'
        JOIN admissions_application AS earlier
            ON earlier.id = NEW.carried_from_id AND earlier.round_id = first
        JOIN admissions_roundapplicant AS child ON child.code = earlier.code
            AND child.input_id = ({TABLES.format(round="first")})
        LEFT JOIN admissions_roundzone AS zone ON zone.id = child.zone_id
        LEFT JOIN admissions_roundschool AS elder ON elder.id = child.sibling_school_id
        WHERE round.id = NEW.round_id AND round.state = 'open' AND earlier.state = 'passed'
            AND clock_timestamp() BETWEEN span.begins_at
                AND span.ends_at + interval '{int(GRACE.total_seconds())} seconds'
            AND NEW.submitted_at BETWEEN span.begins_at
                AND clock_timestamp() + interval '1 minute'
            AND ROW(NEW.code, NEW.child_key, NEW.path, NEW.tier, NEW.zone, NEW.sibling_school,
                NEW."group") = ROW(earlier.code, earlier.child_key, earlier.path,
                child.tier::integer, coalesce(zone.code, ''), coalesce(elder.code, ''),
                child."group")
    ) THEN
        RAISE EXCEPTION 'who is carried over asks in time, with what the first round found';
    END IF;
    IF EXISTS (
        SELECT FROM ({SEATED.format(round="first")}) AS held WHERE held.code = NEW.code
    ) THEN
        RAISE EXCEPTION 'a child that holds a seat is not in the second round';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

FROZEN = f"""
    SELECT second_of_id INTO first FROM admissions_round WHERE id = NEW.round_id;
    IF NEW.version > 1 AND EXISTS (
        SELECT FROM admissions_round WHERE second_of_id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'a round that a second one follows is corrected no more';
    END IF;
    IF first IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM FROM admissions_round WHERE id = first FOR UPDATE;
    IF NEW.version = 1 AND EXISTS (
        SELECT FROM admissions_seatoffer
        WHERE round_id = first AND state = 'offered' AND until >= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'a seat of the first round is still offered';
    END IF;
    SELECT held.code INTO wrong FROM ({SEATED.format(round="first")}) AS held
    JOIN admissions_roundapplicant AS child
        ON child.code = held.code AND child.input_id = NEW.input_id
    ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'child % holds a seat in the first round', wrong;
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

DECIDED = f"""
    IF NEW.school_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM FROM admissions_round WHERE id = NEW.round_id FOR UPDATE;
    SELECT second_of_id INTO first FROM admissions_round WHERE id = NEW.round_id;
    SELECT id, state INTO second, stands FROM admissions_round WHERE second_of_id = NEW.round_id;
    SELECT code INTO of_child FROM admissions_application WHERE id = NEW.application_id;
    SELECT code INTO at_school FROM admissions_roundschool WHERE id = NEW.school_id;
    IF second IS NOT NULL THEN
        IF NEW.why <> 'waiting' THEN
            RAISE EXCEPTION 'a second round follows this one: seats come from waiting lists only';
        END IF;
        IF EXISTS (SELECT FROM admissions_frozenlist WHERE round_id = second) THEN
            RAISE EXCEPTION 'waiting lists have ended: the list of the second round is frozen';
        END IF;
        IF stands <> 'planned' AND (
            SELECT count(*) FROM ({SEATED.format(round="NEW.round_id")}) AS held
            WHERE held.school = at_school
        ) + coalesce((
            SELECT seats FROM admissions_plannedintake AS planned
            WHERE planned.round_id = second AND planned.code = at_school
        ), 0) >= (SELECT seats FROM admissions_roundschool WHERE id = NEW.school_id) THEN
            RAISE EXCEPTION 'the seats that are left are those of the second round';
        END IF;
    END IF;
    IF first IS NOT NULL THEN
        PERFORM FROM admissions_round WHERE id = first FOR UPDATE;
        IF EXISTS (
            SELECT FROM ({SEATED.format(round="first")}) AS held WHERE held.code = of_child
        ) THEN
            RAISE EXCEPTION 'child % holds a seat in the first round', of_child;
        END IF;
        IF (SELECT count(*) FROM ({SEATED.format(round="first")}) AS held
            WHERE held.school = at_school)
            + (SELECT count(*) FROM ({SEATED.format(round="NEW.round_id")}) AS held
               WHERE held.school = at_school)
            >= (SELECT one.classes * least(one.class_cap, {CLASS_CAP})
                    - one.continuing - one.reserved
                FROM admissions_roundschool AS one WHERE one.code = at_school
                    AND one.input_id = ({TABLES.format(round="first")})) THEN
            RAISE EXCEPTION 'both rounds together would pass the class cap';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

OFFERED = """
    PERFORM FROM admissions_round WHERE id = NEW.round_id FOR UPDATE;
    IF EXISTS (
        SELECT FROM admissions_frozenlist AS list
        JOIN admissions_round AS second ON second.id = list.round_id
        WHERE second.second_of_id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'waiting lists have ended: the list of the second round is frozen';
    END IF;
    RETURN NEW;
"""


def of_a_second_round() -> list[pgtrigger.Trigger]:
    """It follows one published round, and offers no more than that one left over."""
    return [
        before("round_second_of_a_published", pgtrigger.Insert | pgtrigger.Update, FOLLOWS),
        before("round_second_of_what_is_left", pgtrigger.Update, LEFT_OVER, [("wrong", "TEXT")]),
    ]


def of_a_carried_application() -> pgtrigger.Trigger:
    """It says what the first round found, and comes from a child without a seat that asks."""
    return before(
        "application_carried_as_found",
        pgtrigger.Insert | pgtrigger.Update,
        ASKED,
        [("first", "BIGINT")],
    )


def lists_hold_nobody_seated() -> pgtrigger.Trigger:
    """Nobody on the list of a second round has a seat; the first round has come to rest."""
    return before(
        "frozen_list_of_nobody_seated",
        pgtrigger.Insert,
        FROZEN,
        [("first", "BIGINT"), ("wrong", "TEXT")],
    )


def decisions_beside_a_second_round() -> pgtrigger.Trigger:
    """No seat and no child counts in both rounds."""
    return before(
        "seat_decision_beside_second_round",
        pgtrigger.Insert,
        DECIDED,
        [
            *(("first", "BIGINT"), ("second", "BIGINT")),
            *(("stands", "TEXT"), ("of_child", "TEXT"), ("at_school", "TEXT")),
        ],
    )


def offers_end_with_a_second_list() -> pgtrigger.Trigger:
    """Nothing is offered from waiting lists once the list of the second round is frozen."""
    return before("seat_offer_before_second_list", pgtrigger.Insert, OFFERED)
