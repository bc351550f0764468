"""When a finding stood open is written down by the database, as it happens, and by nobody else."""

from __future__ import annotations

import pgtrigger

STANDS_OPEN = """
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' THEN
        UPDATE registry_findingstretch SET open_to = greatest(open_from, {ended})
            WHERE finding_id = NEW.id AND open_to IS NULL;
    ELSIF TG_OP = 'INSERT' OR NEW.state = 'open' THEN
        INSERT INTO registry_findingstretch (finding_id, open_from, open_to)
        VALUES (NEW.id, CASE TG_OP WHEN 'INSERT' THEN NEW.first_on ELSE NEW.last_on END,
            CASE NEW.state WHEN 'open' THEN NULL ELSE greatest(NEW.first_on, {ended}) END);
    END IF;
    RETURN NULL;
"""
ENDED = """
    CASE NEW.state WHEN 'mended' THEN NEW.last_on + 1
        ELSE (NEW.marked_at AT TIME ZONE 'Asia/Shanghai')::date END
"""
"""The first day on which it stands open no more: after it was last seen, or when it was marked."""


def stands_open() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="finding_stands_open",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=STANDS_OPEN.format(ended=ENDED),
    )


def stretch_is_not_made_up() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="stretch_is_not_made_up",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("pg_trigger_depth() < 1"),
        func="RAISE EXCEPTION 'when a finding stood open is written as it happens';",
    )
