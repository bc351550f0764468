"""What the database keeps true of reviews: nobody skips a level, nobody stands on two of them."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.household_guards import before, differ

LIST_IS_POSTED = """
    IF (SELECT level FROM places_place WHERE id = NEW.village_id) IS DISTINCT FROM 'village'
        OR NEW.posted_to - NEW.posted_from + 1 < {days}
        OR encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') <> NEW.sha256 THEN
        RAISE EXCEPTION 'a list hangs in its village for {days} days, with the hash of its text'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.recorded_at = now();
    RETURN NEW;
"""

IS_PROPOSED = """
    proposed_on := (NEW.proposed_at AT TIME ZONE 'Asia/Shanghai')::date;
    PERFORM 1 FROM aid_household WHERE id = NEW.household_id FOR UPDATE;
    IF NEW.state <> 'proposed' OR NEW.village_list_id IS NOT NULL THEN
        RAISE EXCEPTION 'review %: it begins in the village', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (VALUES ('status', '', NEW.kind), ('cause', '', NEW.cause),
            ('category', NEW.kind, NEW.category)) AS told(list, kind, code)
        WHERE told.code <> '' AND NOT EXISTS (
            SELECT FROM aid_householdcode entry
            WHERE entry.list = told.list AND entry.kind = told.kind AND entry.code = told.code
                AND entry.valid_from <= proposed_on
                AND (entry.valid_to IS NULL OR entry.valid_to > proposed_on))
    ) THEN
        RAISE EXCEPTION 'review %: a code that did not hold on that day', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT count(*) FILTER (WHERE valid_to IS NULL), count(*) INTO running, ever
        FROM aid_householdstatus status
        LEFT JOIN aid_openingregister opening ON opening.id = status.opening_id
        WHERE status.household_id = NEW.household_id AND status.kind = NEW.kind
            AND (status.opening_id IS NULL OR opening.approved_at IS NOT NULL);
    IF NOT (CASE NEW.action WHEN 'remove' THEN running > 0
            WHEN 'return' THEN running = 0 AND ever > 0 ELSE ever = 0 END) THEN
        RAISE EXCEPTION 'review %: % is no step from where the household stands',
            NEW.number, NEW.action USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

STATE_FOLLOWS = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'review %: it is kept', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('approved', 'refused', 'withdrawn') OR {differ}
        OR OLD.village_list_id IS NOT NULL AND NEW.village_list_id <> OLD.village_list_id THEN
        RAISE EXCEPTION 'review %: what was proposed and decided stays', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT bool_or(NOT yes), max(CASE level WHEN 'village' THEN 1 WHEN 'township' THEN 2 ELSE 3 END)
        INTO refused, reached FROM aid_reviewstep WHERE review_id = NEW.id;
    expected := CASE WHEN refused THEN 'refused' WHEN reached = 3 THEN 'approved'
        WHEN reached = 2 THEN 'at_county' WHEN reached = 1 THEN 'at_township'
        WHEN NEW.state = 'withdrawn' THEN 'withdrawn'
        WHEN NEW.village_list_id IS NOT NULL THEN 'posted' ELSE 'proposed' END;
    IF NEW.state <> expected THEN
        RAISE EXCEPTION 'review %: it is %, nobody skips a level', OLD.number, expected
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.village_list_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM aid_villagelist posted JOIN aid_household home ON home.id = NEW.household_id
        WHERE posted.id = NEW.village_list_id AND posted.village_id = home.village_id
    ) THEN
        RAISE EXCEPTION 'review %: that list hangs in another village', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

FINDINGS_STAY = """
    IF TG_OP <> 'INSERT' OR (SELECT state FROM aid_householdreview WHERE id = NEW.review_id)
        IS DISTINCT FROM 'proposed' THEN
        RAISE EXCEPTION 'what was found is written down with the proposal and stays'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

STEP_IS_NEXT = """
    SELECT * INTO matter FROM aid_householdreview WHERE id = NEW.review_id FOR UPDATE;
    NEW.recorded_at = now();
    IF matter.state IS DISTINCT FROM (CASE NEW.level WHEN 'village' THEN 'posted'
            WHEN 'township' THEN 'at_township' ELSE 'at_county' END) THEN
        RAISE EXCEPTION 'review %: the % is not next, nobody skips a level',
            matter.number, NEW.level USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level <> 'village' AND NEW.by_id = matter.proposed_by_id THEN
        RAISE EXCEPTION 'review %: whoever proposed it decides nothing', matter.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level = 'village' AND NEW.yes AND NEW.on <= (
        SELECT posted_to FROM aid_villagelist WHERE id = matter.village_list_id) OR NEW.on < (
        SELECT max("on") FROM aid_reviewstep WHERE review_id = NEW.review_id) THEN
        RAISE EXCEPTION 'review %: its list still hangs in the village', matter.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level = 'county' AND NEW.yes THEN
        SELECT count(*), count(*) FILTER (WHERE found.met), count(*) FILTER (WHERE NOT found.met)
            INTO wanted, met, missed
            FROM aid_householdcode entry LEFT JOIN aid_criterionfound found
                ON found.criterion = entry.code AND found.review_id = NEW.review_id
            WHERE entry.list = 'criterion' AND entry.kind = matter.kind
                AND entry.valid_from <= NEW.on
                AND (entry.valid_to IS NULL OR entry.valid_to > NEW.on);
        IF matter.action = 'remove' AND met < wanted
            OR matter.action <> 'remove' AND wanted > 0 AND missed = 0 THEN
            RAISE EXCEPTION 'review %: the criteria speak against it', matter.number
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
"""

STEP_TAKES_EFFECT = """
    UPDATE aid_householdreview SET state = CASE WHEN NOT NEW.yes THEN 'refused'
            WHEN NEW.level = 'county' THEN 'approved'
            WHEN NEW.level = 'township' THEN 'at_county' ELSE 'at_township' END
        WHERE id = NEW.review_id RETURNING * INTO matter;
    IF matter.state <> 'approved' THEN
        RETURN NULL;
    END IF;
    IF matter.action = 'remove' THEN
        UPDATE aid_householdstatus SET valid_to = NEW.on, ended_by_id = matter.id
            WHERE household_id = matter.household_id AND kind = matter.kind AND valid_to IS NULL;
    ELSE
        INSERT INTO aid_householdstatus (household_id, kind, category, work_class, cause, begun,
            valid_from, review_id, recorded_at)
        VALUES (matter.household_id, matter.kind, matter.category, matter.work_class, matter.cause,
            CASE matter.action WHEN 'return' THEN 'returned' ELSE 'identified' END,
            NEW.on, matter.id, now());
    END IF;
    RETURN NULL;
"""
"""A yes of the county is the status itself: there is no approved review without its effect."""

_OF_A_REVIEW = (
    *("number", "household_id", "kind", "action", "category", "work_class", "cause", "words"),
    *("proposed_by_id", "proposed_at"),
)


def of_a_list(days: int) -> list[pgtrigger.Trigger]:
    stays = "RAISE EXCEPTION 'a list that was posted stays' USING ERRCODE = 'check_violation';"
    return [
        before("list_is_posted", pgtrigger.Insert, LIST_IS_POSTED.format(days=days)),
        before("list_stays", pgtrigger.Update | pgtrigger.Delete, stays),
    ]


def of_a_review() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name="review_is_proposed",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("proposed_on", "date"), ("running", "int"), ("ever", "int")],
            func=IS_PROPOSED,
        ),
        pgtrigger.Trigger(
            name="review_state_follows",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            declare=[("refused", "boolean"), ("reached", "int"), ("expected", "text")],
            func=STATE_FOLLOWS.format(differ=differ(_OF_A_REVIEW)),
        ),
    ]


def findings_stay() -> pgtrigger.Trigger:
    every = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    return before("findings_stay", every, FINDINGS_STAY)


def of_a_step() -> list[pgtrigger.Trigger]:
    stays = "RAISE EXCEPTION 'a step that was taken stays' USING ERRCODE = 'check_violation';"
    figures = [("wanted", "int"), ("met", "int"), ("missed", "int")]
    return [
        pgtrigger.Trigger(
            name="step_is_next",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("matter", "aid_householdreview"), *figures],
            func=STEP_IS_NEXT,
        ),
        pgtrigger.Trigger(
            name="step_takes_effect",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            declare=[("matter", "aid_householdreview")],
            func=STEP_TAKES_EFFECT,
        ),
        before("step_stays", pgtrigger.Update | pgtrigger.Delete, stays),
    ]
