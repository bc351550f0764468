"""What the database refuses of public notices: another page, other days, none at all."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.payment_guards import EMPTIED_AFTER
from junheng.commons.models.guards import before

POSTED = """
    IF NEW.taken_down_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM aid_paymentbatch WHERE id = NEW.batch_id
            AND state IN ('reconciled', 'partly_returned') AND starts_with(NEW.path, path)
    ) THEN
        RAISE EXCEPTION 'a notice is posted of a batch that the bank has answered';
    END IF;
    RETURN NEW;
"""
STAYS = f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a public notice is kept as proof';
    END IF;
    IF to_jsonb(NEW) - ARRAY['page_zh', 'page_en', 'taken_down_at', 'taken_down_by_id', 'why']
        <> to_jsonb(OLD) - ARRAY['page_zh', 'page_en', 'taken_down_at', 'taken_down_by_id', 'why']
        OR OLD.taken_down_at IS NOT NULL AND ROW(NEW.taken_down_at, NEW.taken_down_by_id, NEW.why)
            IS DISTINCT FROM ROW(OLD.taken_down_at, OLD.taken_down_by_id, OLD.why)
        OR ROW(NEW.page_zh, NEW.page_en) IS DISTINCT FROM ROW(OLD.page_zh, OLD.page_en) AND NOT (
            NEW.page_zh = '' AND NEW.page_en = ''
            AND OLD.until_on < clock_timestamp() - INTERVAL '{EMPTIED_AFTER}'
        ) THEN
        RAISE EXCEPTION 'a public notice stays as it was posted';
    END IF;
    RETURN NEW;
"""
RAISED = """
    IF NEW.state <> 'open' OR NOT EXISTS (
        SELECT FROM aid_publicnotice WHERE id = NEW.notice_id AND taken_down_at IS NULL
            AND (NEW.raised_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN from_on AND until_on
    ) THEN
        RAISE EXCEPTION 'objections are raised while the notice is posted';
    END IF;
    RETURN NEW;
"""
ANSWERED_ONCE = f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an objection is kept';
    END IF;
    IF ROW(NEW.id, NEW.number, NEW.notice_id, NEW.raised_by_id, NEW.at_counter, NEW.raised_at)
        IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.notice_id, OLD.raised_by_id, OLD.at_counter,
        OLD.raised_at) THEN
        RAISE EXCEPTION 'an objection stays what it is';
    END IF;
    IF OLD.state <> 'open' AND (ROW(NEW.state, NEW.answered_by_id, NEW.answered_at)
        IS DISTINCT FROM ROW(OLD.state, OLD.answered_by_id, OLD.answered_at)
        OR num_nonnulls(NEW.words, NEW.contact, NEW.answer) > 0
        OR OLD.answered_at > clock_timestamp() - INTERVAL '{EMPTIED_AFTER}') THEN
        RAISE EXCEPTION 'an objection is answered once';
    END IF;
    IF OLD.state = 'open' AND ROW(NEW.words, NEW.contact)
        IS DISTINCT FROM ROW(OLD.words, OLD.contact) THEN
        RAISE EXCEPTION 'what was said stays';
    END IF;
    RETURN NEW;
"""


def of_a_notice() -> list[pgtrigger.Trigger]:
    """Posted of what was paid, and then as it is; taken down once, with a reason."""
    return [
        before("notice_of_what_was_paid", pgtrigger.Insert, POSTED),
        before("notice_stays", pgtrigger.Update | pgtrigger.Delete, STAYS),
    ]


def of_an_objection() -> list[pgtrigger.Trigger]:
    """Raised in the days of the notice, answered once."""
    return [
        before("notice_objection_in_time", pgtrigger.Insert, RAISED),
        before("notice_objection_once", pgtrigger.Update | pgtrigger.Delete, ANSWERED_ONCE),
    ]
