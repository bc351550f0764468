"""What the database keeps true of villages that become part of others, whoever asks.

A merge rests on an agreed approval with the same villages, day and document. It moves households
only forward: nobody is written down any more in a village that went, and whatever a household's
village was before is written by the trigger that sees it change.
"""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.household_guards import before

MERGE = "aid.merge_villages"
"""The step for two by which a village becomes part of another; the database looks for it."""

UNDO = "aid.undo_merge"
"""The step for two by which that is undone; the function of the database looks for it."""

IS_AGREED = f"""
    PERFORM 1 FROM places_place WHERE id IN (NEW.village_id, NEW.into_id) ORDER BY id FOR UPDATE;
    IF NOT EXISTS (
        SELECT FROM commons_approval WHERE kind = '{MERGE}' AND state = 'agreed'
            AND reason = NEW.document AND payload = jsonb_build_object(
                'from', NEW.village_id, 'to', NEW.into_id, 'on', NEW.merged_on::text)
    ) THEN
        RAISE EXCEPTION 'a village becomes part of another by two people'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.merged_on > (now() AT TIME ZONE 'Asia/Shanghai')::date OR EXISTS (
        SELECT FROM aid_villagemerge earlier WHERE earlier.village_id = NEW.into_id
            OR earlier.into_id = NEW.village_id AND earlier.merged_on >= NEW.merged_on
    ) THEN
        RAISE EXCEPTION 'a village goes where there is one, after what came to it, not before today'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.recorded_at = now();
    RETURN NEW;
"""

LAY_THERE = """
    INSERT INTO aid_formervillage (household_id, village_id, valid_from, valid_to)
    SELECT NEW.id, OLD.village_id,
        (SELECT max(valid_to) FROM aid_formervillage WHERE household_id = NEW.id), merged_on
        FROM aid_villagemerge WHERE village_id = OLD.village_id AND into_id = NEW.village_id;
    RETURN NULL;
"""


def merge_is_agreed() -> pgtrigger.Trigger:
    return before("merge_is_agreed", pgtrigger.Insert, IS_AGREED)


def former_village_is_kept() -> pgtrigger.Trigger:
    """Beside the rule that nothing of it changes: nobody makes such a row up."""
    return pgtrigger.Trigger(
        name="former_village_is_not_made_up",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("pg_trigger_depth() < 1"),
        func="RAISE EXCEPTION 'where a household lay is written down when it goes';",
    )


def household_lay_there() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="household_lay_there",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.village_id IS DISTINCT FROM NEW.village_id"),
        func=LAY_THERE,
    )
