"""What the database refuses of cross-checks: a hit that nobody signed for, a lonely decision.

A check without an authorisation leaves no hit, whoever writes it: the service looks first, and
the trigger of the hit looks again, with the authorisation locked, so that a withdrawal at the
same moment is before or after it and never beside it. The moment of a withdrawal is the
database's, taken under that lock: whatever was found is earlier.
"""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.household_guards import differ
from junheng.commons.models.guards import before

REFUSED = "USING ERRCODE = 'check_violation'"

SIGNED_NOW = f"""
    today := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    PERFORM 1 FROM aid_checkauthorisation signed
        WHERE signed.id = NEW.authorisation_id AND signed.household_id = NEW.household_id
            AND NEW.register = ANY(signed.registers) AND signed.withdrawn_at IS NULL
            AND signed.valid_from <= today AND signed.valid_to > today FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a household is checked only as it has signed for' {REFUSED};
    END IF;
"""

RULE_FITS = f"""
    SELECT register, way, path, ended_on INTO source FROM evidence_connection
        WHERE id = NEW.connection_id;
    IF source.register <> NEW.register OR source.ended_on IS NOT NULL
        OR (source.way <> 'tables' AND NEW.speaks <> 'against')
        OR NOT starts_with((SELECT path FROM places_place WHERE id = NEW.place_id), source.path)
        OR NEW.valid_to IS NOT NULL THEN
        RAISE EXCEPTION 'a rule asks a register of its own county; a service never who is in need'
            {REFUSED};
    END IF;
    RETURN NEW;
"""

RULE_ENDS = """
    IF TG_OP = 'DELETE' OR OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL OR {differ} THEN
        RAISE EXCEPTION 'a rule of checks never changes; it ends once' {refused};
    END IF;
    RETURN NEW;
"""

SIGNED = f"""
    IF NOT EXISTS (SELECT FROM aid_householdmember WHERE id = NEW.signed_by_id
            AND household_id = NEW.household_id
            AND (valid_to IS NULL OR valid_to > NEW.signed_on)) OR NEW.withdrawn_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'an authorisation is signed by somebody of the household' {REFUSED};
    END IF;
    NEW.entered_at = now();
    RETURN NEW;
"""

WITHDRAWN = """
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR {differ}
    THEN
        RAISE EXCEPTION 'an authorisation stays as it was signed; it is withdrawn once' {refused};
    END IF;
    NEW.withdrawn_at = clock_timestamp();
    RETURN NEW;
"""

QUESTION_IS_SIGNED_FOR = f"""
    {SIGNED_NOW}
    IF NOT EXISTS (SELECT FROM aid_checkrule WHERE connection_id = NEW.connection_id
            AND register = NEW.register AND speaks = 'against' AND valid_from <= today
            AND (valid_to IS NULL OR valid_to > today))
        OR NOT EXISTS (SELECT FROM evidence_connection WHERE id = NEW.connection_id
            AND way = 'service' AND ended_on IS NULL)
        OR NOT EXISTS (SELECT FROM aid_householdmember
            WHERE id = NEW.member_id AND household_id = NEW.household_id)
        OR NEW.answered_at IS NOT NULL OR NEW.silence <> '' THEN
        RAISE EXCEPTION 'a service is asked by a rule, about a member of its household' {REFUSED};
    END IF;
    NEW.asked_at = clock_timestamp();
    RETURN NEW;
"""

QUESTION_IS_ANSWERED = """
    IF TG_OP = 'DELETE' OR {differ}
        OR ((OLD.answered_at IS NOT NULL OR OLD.silence <> '') AND {answer_differs}) THEN
        RAISE EXCEPTION 'what was asked stays, and what came back' {refused};
    END IF;
    IF OLD.answered_at IS NULL AND NEW.silence = '' THEN
        {signed}
        NEW.answered_at = clock_timestamp();
    END IF;
    RETURN NEW;
"""

HIT_IS_SIGNED_FOR = f"""
    {SIGNED_NOW}
    IF NOT EXISTS (SELECT FROM aid_checkrule WHERE id = NEW.rule_id AND register = NEW.register
            AND speaks = 'against' AND valid_from <= today
            AND (valid_to IS NULL OR valid_to > today))
        OR NOT EXISTS (SELECT FROM aid_householdmember
            WHERE id = NEW.member_id AND household_id = NEW.household_id)
        OR NOT EXISTS (SELECT FROM aid_householdvisit
            WHERE id = NEW.visit_id AND household_id = NEW.household_id AND outcome = '')
        OR NEW.wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a hit is of a rule, a member and an open visit of its household' {REFUSED};
    END IF;
    NEW.found_at = now();
    RETURN NEW;
"""

HIT_IS_JUDGED = """
    IF TG_OP = 'DELETE' OR OLD.wrong IS NOT NULL OR NEW.wrong IS NULL OR {differ} OR NOT EXISTS (
        SELECT FROM aid_householdvisit WHERE id = NEW.visit_id AND outcome = ''
            AND heard_on IS NOT NULL) THEN
        RAISE EXCEPTION 'a hit stays as it was found; it is judged once, when the family was heard'
            {refused};
    END IF;
    RETURN NEW;
"""

VISIT_BEGINS = f"""
    IF NEW.outcome <> '' OR NEW.heard_on IS NOT NULL OR NEW.replied_at IS NOT NULL THEN
        RAISE EXCEPTION 'visit %: it begins open', NEW.number {REFUSED};
    END IF;
    NEW.opened_at = now();
    RETURN NEW;
"""

VISIT_GOES_ON = """
    IF TG_OP = 'DELETE' OR OLD.outcome <> '' OR {differ} THEN
        RAISE EXCEPTION 'visit %: what was decided stays', OLD.number {refused};
    END IF;
    IF OLD.heard_on IS NOT NULL AND ROW(OLD.heard_on, OLD.heard_by_id, OLD.met, OLD.said)
        IS DISTINCT FROM ROW(NEW.heard_on, NEW.heard_by_id, NEW.met, NEW.said) THEN
        RAISE EXCEPTION 'visit %: what the family said stays', OLD.number {refused};
    END IF;
    IF NEW.heard_on IS NOT NULL AND NOT NEW.met AND NEW.heard_on <
        (NEW.opened_at AT TIME ZONE 'Asia/Shanghai')::date + {days} THEN
        RAISE EXCEPTION 'visit %: the family has {days} days to answer', OLD.number {refused};
    END IF;
    IF NEW.outcome <> '' THEN
        SELECT count(*) FILTER (WHERE wrong IS NULL), count(*) FILTER (WHERE NOT wrong)
            INTO waiting, holding FROM aid_checkhit WHERE visit_id = NEW.id;
        IF NEW.heard_on IS NULL OR waiting > 0 OR NEW.outcome = 'remove' AND holding = 0 THEN
            RAISE EXCEPTION 'visit %: the family is heard and every hit judged before it ends',
                OLD.number {refused};
        END IF;
        NEW.decided_at = now();
    END IF;
    RETURN NEW;
"""

LEFT_OUT_BEGINS = f"""
    IF NEW.state <> 'open' OR NOT EXISTS (SELECT FROM aid_checkrule WHERE id = NEW.rule_id
            AND register = NEW.register AND speaks = 'for') THEN
        RAISE EXCEPTION 'who was left out is found by a register that speaks for need' {REFUSED};
    END IF;
    NEW.found_at = now();
    RETURN NEW;
"""

LEFT_OUT_GOES_ON = """
    IF NEW.path <> OLD.path AND NOT EXISTS (
        SELECT FROM aid_villagemerge merge
        JOIN places_place village ON village.id = merge.village_id
        JOIN places_place target ON target.id = merge.into_id
        WHERE village.path = OLD.path AND target.path = NEW.path
    ) THEN
        RAISE EXCEPTION 'somebody left out stays in their village' {refused};
    END IF;
    IF OLD.state IN ('identified', 'not_in_need') AND NEW.state <> OLD.state OR {differ} THEN
        RAISE EXCEPTION 'what was found of somebody stays, and what was decided' {refused};
    END IF;
    RETURN NEW;
"""

_OF_A_RULE = (
    *("ref", "place_id", "connection_id", "register", "speaks", "test", "column", "least_fen"),
    *("words", "document", "article", "valid_from", "asked_by_id", "agreed_by_id"),
)
_OF_AN_AUTHORISATION = (
    *("ref", "household_id", "signed_by_id", "signed_on", "paper", "registers"),
    *("valid_from", "valid_to", "entered_by_id", "entered_at"),
)
_OF_A_QUESTION = (
    *("run_id", "household_id", "member_id", "connection_id", "authorisation_id"),
    *("register", "day", "described", "asked_at"),
)
_OF_AN_ANSWER = ("answered_at", "as_of", "digest", "silence")
_OF_A_HIT = (
    *("run_id", "visit_id", "household_id", "member_id", "rule_id", "authorisation_id"),
    *("register", "source", "as_of", "step", "certain", "probability", "mark", "found_at"),
)
_OF_A_VISIT = ("number", "household_id", "opened_at", "reply_until")
_OF_SOMEBODY_LEFT_OUT = ("run_id", "rule_id", "register", "source", "as_of", "found_at")


def _once(name: str, func: str, columns: tuple[str, ...], **more: object) -> pgtrigger.Trigger:
    text = func.format(differ=differ(columns), refused=REFUSED, **more)
    counts = [("waiting", "int"), ("holding", "int")] if "waiting" in func else None
    return before(name, pgtrigger.Update | pgtrigger.Delete, text, counts)


def of_a_rule() -> list[pgtrigger.Trigger]:
    return [
        before("rule_fits", pgtrigger.Insert, RULE_FITS, [("source", "record")]),
        _once("rule_ends_once", RULE_ENDS, _OF_A_RULE),
    ]


def of_an_authorisation() -> list[pgtrigger.Trigger]:
    return [
        before("authorisation_is_signed", pgtrigger.Insert, SIGNED),
        _once("authorisation_stays", WITHDRAWN, _OF_AN_AUTHORISATION),
    ]


def of_a_question() -> list[pgtrigger.Trigger]:
    today = [("today", "date")]
    text = QUESTION_IS_ANSWERED.format(
        differ=differ(_OF_A_QUESTION),
        answer_differs=differ(_OF_AN_ANSWER),
        signed=SIGNED_NOW,
        refused=REFUSED,
    )
    changes = pgtrigger.Update | pgtrigger.Delete
    return [
        before("question_is_signed_for", pgtrigger.Insert, QUESTION_IS_SIGNED_FOR, today),
        before("question_is_answered", changes, text, today),
    ]


def of_a_hit() -> list[pgtrigger.Trigger]:
    return [
        before("hit_is_signed_for", pgtrigger.Insert, HIT_IS_SIGNED_FOR, [("today", "date")]),
        _once("hit_is_judged_once", HIT_IS_JUDGED, _OF_A_HIT),
    ]


def of_a_visit(days: int) -> list[pgtrigger.Trigger]:
    return [
        before("visit_begins", pgtrigger.Insert, VISIT_BEGINS),
        _once("visit_goes_on", VISIT_GOES_ON, _OF_A_VISIT, days=days),
    ]


def of_somebody_left_out() -> list[pgtrigger.Trigger]:
    text = LEFT_OUT_GOES_ON.format(differ=differ(_OF_SOMEBODY_LEFT_OUT), refused=REFUSED)
    return [
        before("left_out_begins", pgtrigger.Insert, LEFT_OUT_BEGINS),
        before("left_out_goes_on", pgtrigger.Update, text),
    ]
