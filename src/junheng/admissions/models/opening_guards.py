"""What the database asks of a round before it is opened, and what stays as it was announced."""

from __future__ import annotations

import pgtrigger

from junheng.admissions.engine.calendar import ORDER
from junheng.commons.models.guards import before

OPENS = "OLD.state = 'planned' AND NEW.state = 'open'"
PAIRS = ", ".join(f"('{first}', '{second}')" for first, second in ORDER)


def of_an_opening() -> list[pgtrigger.Trigger]:
    """Families rely on calendar, text and plan: each is whole and right before they are asked."""
    wrong = [("wrong", "TEXT")]
    return [
        before("round_opens_with_calendar", pgtrigger.Update, DATED, declare=wrong),
        before("round_opens_with_its_text", pgtrigger.Update, WRITTEN),
        before("round_opens_with_its_cap", pgtrigger.Update, CAPPED, declare=wrong),
    ]


DATED = f"""
    IF NOT ({OPENS}) THEN
        RETURN NEW;
    END IF;
    IF (SELECT count(*) FROM admissions_rounddate WHERE round_id = OLD.id) < 6 THEN
        RAISE EXCEPTION 'round %: its calendar has gaps', OLD.ref;
    END IF;
    WITH dates AS (
        SELECT what, begins_at, ends_at FROM admissions_rounddate WHERE round_id = OLD.id
        UNION ALL
        SELECT 'event', takes_place_at, takes_place_at
        FROM admissions_publicevent WHERE round_id = OLD.id
        UNION ALL
        SELECT 'contributions', contributions_until, contributions_until
        FROM admissions_publicevent WHERE round_id = OLD.id
    )
    SELECT pair.first || ' and ' || pair.second INTO wrong
    FROM (VALUES {PAIRS}) AS pair (first, second)
    JOIN dates AS earlier ON earlier.what = pair.first
    JOIN dates AS later ON later.what = pair.second
    WHERE earlier.ends_at > later.begins_at
    ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'round %: % are out of order in its calendar', OLD.ref, wrong;
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants
WRITTEN = f"""
    IF {OPENS} AND NEW.policy !~ '[^[:space:]]' THEN
        RAISE EXCEPTION 'round %: the text of its rules is not written', OLD.ref;
    END IF;
    RETURN NEW;
"""
CAPPED = f"""
    IF NOT ({OPENS}) THEN
        RETURN NEW;
    END IF;
    SELECT code INTO wrong FROM admissions_plannedintake
    WHERE round_id = OLD.id AND class_cap <> (NEW.rules->>'class_cap')::integer
    ORDER BY code LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'round %: school % is planned with another class cap', OLD.ref, wrong;
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants


def plans_change_while_planned() -> pgtrigger.Trigger:
    """Families choose by what was announced: the plan stays once the round is open."""
    return before(
        "plan_changes_while_planned",
        pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        """
        IF EXISTS (
            SELECT FROM admissions_round
            WHERE id IN (OLD.round_id, NEW.round_id) AND state <> 'planned'
        ) THEN
            RAISE EXCEPTION 'the plan stays as it was announced';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        """,
    )
