"""What the database refuses of a list of papers: a change after publication, a needless paper."""

from __future__ import annotations

import pgtrigger

from junheng.admissions.engine.materials import ADMISSION
from junheng.commons.models.guards import before

LAST_CASE = 99

HELD = """
    SELECT material.name INTO wrong
    FROM admissions_material material JOIN admissions_proofmatter matter
        ON matter.id = material.matter_id
    WHERE material.list_id = NEW.id
        AND (material.duty = 'fetched') IS DISTINCT FROM EXISTS (
            SELECT FROM jsonb_array_elements_text(matter.registers) register
            WHERE NEW.connected ? register
        )
    ORDER BY material.id LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%: a connected register holds it, or none that could be asked', wrong
            USING ERRCODE = 'check_violation';
    END IF;
"""
LIST_STAYS = f"""
    IF TG_OP = 'DELETE' THEN
        IF OLD.fixed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a published list of papers is kept';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.fixed_at IS NOT NULL OR ROW(NEW.round_id, NEW.version) IS DISTINCT FROM
        ROW(OLD.round_id, OLD.version) THEN
        RAISE EXCEPTION 'a published list of papers never changes; make a new version';
    END IF;
    IF NEW.fixed_at IS NOT NULL THEN
        {HELD}
    END IF;
    RETURN NEW;
"""
LIST_BEGINS = """
    IF NEW.fixed_at IS NOT NULL OR NEW.version <> 1 + (
        SELECT count(*) FROM admissions_materiallist WHERE round_id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'versions of a list of papers follow each other, and begin as drafts';
    END IF;
    RETURN NEW;
"""
WHILE_DRAFT = """
    IF EXISTS (
        SELECT FROM admissions_materiallist
        WHERE id IN (OLD.list_id, NEW.list_id) AND fixed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a published list of papers never changes; make a new version';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""
TO_BE_HAD = f"""
    IF NEW.duty = 'fetched' OR jsonb_typeof(NEW.needs) <> 'array' THEN
        RETURN NEW;
    END IF;
    IF NEW.needs ? '{ADMISSION}' THEN
        RAISE EXCEPTION '%: it can be had only after admission', NEW.name
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM admissions_materiallist WHERE id = NEW.list_id FOR UPDATE;
    IF EXISTS (
        WITH RECURSIVE way(family, need) AS (
            SELECT family, jsonb_array_elements_text(NEW.needs)
            FROM generate_series(1, {LAST_CASE}) family WHERE NEW."case" IN (0, family)
            UNION
            SELECT way.family, jsonb_array_elements_text(other.needs)
            FROM way
            JOIN admissions_proofmatter matter ON matter.code = way.need
            JOIN admissions_material other ON other.matter_id = matter.id
            WHERE other.list_id = NEW.list_id AND other.id IS DISTINCT FROM NEW.id
                AND other.duty <> 'fetched' AND other."case" IN (0, way.family)
        )
        SELECT FROM way
        JOIN admissions_proofmatter own ON own.id = NEW.matter_id AND own.code = way.need
    ) THEN
        RAISE EXCEPTION '%: it can be had only with a paper that needs it', NEW.name
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants
NEEDED = """
    IF (NEW.duty = 'fetched') IS DISTINCT FROM EXISTS (
        SELECT FROM admissions_proofmatter matter, admissions_materiallist list,
            jsonb_array_elements_text(matter.registers) register
        WHERE matter.id = NEW.matter_id AND list.id = NEW.list_id AND list.connected ? register
    ) THEN
        RAISE EXCEPTION '%: a connected register holds it, or none that could be asked', NEW.name
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def of_a_list() -> list[pgtrigger.Trigger]:
    """Drafts become published ones, and those stay."""
    wrong = [("wrong", "TEXT")]
    return [
        before("material_list_begins", pgtrigger.Insert, LIST_BEGINS),
        before(
            "material_list_stays", pgtrigger.Update | pgtrigger.Delete, LIST_STAYS, declare=wrong
        ),
    ]


def of_a_material() -> list[pgtrigger.Trigger]:
    """While its list is a draft, what no connected register holds, and what can be had at all."""
    change = pgtrigger.Insert | pgtrigger.Update
    return [
        before("material_while_draft", change | pgtrigger.Delete, WHILE_DRAFT),
        before("material_is_needed", change, NEEDED),
        before("material_to_be_had", change, TO_BE_HAD),
    ]


def opens_with_its_materials() -> pgtrigger.Trigger:
    """What families are asked for is published with the round."""
    return before(
        "round_opens_with_its_materials",
        pgtrigger.Update,
        """
        IF OLD.state = 'planned' AND NEW.state = 'open' AND EXISTS (
            SELECT FROM admissions_materiallist WHERE round_id = OLD.id AND fixed_at IS NULL
        ) THEN
            RAISE EXCEPTION 'round %: its list of papers is not fixed', OLD.ref;
        END IF;
        RETURN NEW;
        """,
    )
