"""What the database refuses of payments: a second payment, a skipped person, a fen astray.

Every trigger asks the tables themselves and takes the row of the batch (or of the budget line) that
it stands on, so two who press at once come one after the other.
"""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.recovery_guards import SUPPLEMENT
from junheng.commons.models.guards import before

EMPTIED_AFTER = "1 year"
"""Sealed columns may be emptied when a batch has been closed for so long."""


# ------------------------------------------------------------------------------ batches

SPENT = """
    SELECT COALESCE((SELECT sum(fen) FROM aid_formertotal WHERE budget_id = {line}), 0)
        + COALESCE((
            SELECT sum(posting.fen) FROM aid_posting AS posting
            JOIN aid_paymentline AS line ON line.id = posting.line_id
            WHERE line.budget_id = {line} AND posting.leaves = 'allocated'
        ), 0) INTO spent;
"""
UNAPPROVED = """
    EXISTS (
        SELECT FROM aid_paymentline AS line WHERE line.batch_id = NEW.id AND NOT EXISTS (
            SELECT FROM aid_payaccount AS account
            WHERE account.number_key = line.account_key AND account.decided_at IS NOT NULL
                AND account.replaced_at IS NULL AND (account.subject = line.subject
                OR account.subject = '' AND account.organisation_id = line.organisation_id)
        )
    )
"""
BATCH_BEGINS = """
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a payment batch begins as a draft';
    END IF;
    RETURN NEW;
"""
BATCH_STEPS = f"""
    IF ROW(NEW.id, NEW.number, NEW.place_id, NEW.path, NEW.period, NEW.source, NEW.made_by_id,
        NEW.made_at) IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.place_id, OLD.path, OLD.period,
        OLD.source, OLD.made_by_id, OLD.made_at) THEN
        RAISE EXCEPTION 'batch %: what was drafted stays', OLD.number;
    END IF;
    IF OLD.state <> 'draft' AND NEW.state <> 'draft' AND ROW(NEW.lines_count, NEW.total_fen,
        NEW.checked_by_id, NEW.checked_at) IS DISTINCT FROM ROW(OLD.lines_count, OLD.total_fen,
        OLD.checked_by_id, OLD.checked_at) THEN
        RAISE EXCEPTION 'batch %: what was checked stays', OLD.number;
    END IF;
    IF OLD.paid_by_id IS NOT NULL AND ROW(NEW.paid_by_id, NEW.paid_at)
        IS DISTINCT FROM ROW(OLD.paid_by_id, OLD.paid_at) THEN
        RAISE EXCEPTION 'batch %: it was sent once', OLD.number;
    END IF;
    IF OLD.state = NEW.state THEN
        IF OLD.state <> 'draft' AND NEW IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'batch %: it changes by its steps only', OLD.number;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state IN ('checked', 'paid_out') AND {UNAPPROVED} THEN
        RAISE EXCEPTION 'batch %: it pays into an account that no second person approved',
            OLD.number;
    END IF;
    SELECT count(*), COALESCE(sum(fen), 0) INTO lines, total
        FROM aid_paymentline WHERE batch_id = NEW.id;
    IF (OLD.state, NEW.state) = ('draft', 'checked') THEN
        IF lines = 0 OR NEW.lines_count <> lines OR NEW.total_fen <> total THEN
            RAISE EXCEPTION 'batch %: it is checked with the lines that it has', OLD.number;
        END IF;
    ELSIF (OLD.state, NEW.state) = ('checked', 'draft') THEN
        RETURN NEW;
    ELSIF (OLD.state, NEW.state) = ('checked', 'paid_out') THEN
        SELECT count(*), COALESCE(sum(posting.fen), 0) INTO sent, sent_fen
            FROM aid_posting AS posting JOIN aid_paymentline AS line ON line.id = posting.line_id
            WHERE line.batch_id = NEW.id AND posting.enters = 'in_transit';
        IF sent <> lines OR sent_fen <> total OR total <> NEW.total_fen OR NOT EXISTS (
            SELECT FROM aid_batchfile WHERE batch_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'batch %: it is sent whole, with its file and postings', OLD.number;
        END IF;
        FOR the_line IN SELECT DISTINCT budget_id FROM aid_paymentline
            WHERE batch_id = NEW.id ORDER BY budget_id
        LOOP
            SELECT allocated_fen INTO allocated FROM aid_budgetline WHERE id = the_line FOR UPDATE;
            {SPENT.format(line="the_line")}
            IF spent > allocated THEN
                RAISE EXCEPTION 'no more leaves a budget line than was allocated to it';
            END IF;
        END LOOP;
    ELSIF OLD.state = 'paid_out' AND NEW.state IN ('reconciled', 'partly_returned') THEN
        SELECT count(outcome.line_id), COALESCE(sum(outcome.paid_fen), 0) INTO sent, sent_fen
            FROM aid_paymentline AS line
            LEFT JOIN aid_paymentoutcome AS outcome ON outcome.line_id = line.id
            WHERE line.batch_id = NEW.id;
        IF sent <> lines OR (sent_fen = total) <> (NEW.state = 'reconciled') THEN
            RAISE EXCEPTION 'batch %: it is closed when every line is answered', OLD.number;
        END IF;
        SELECT COALESCE(sum(CASE WHEN posting.enters = 'in_transit' THEN posting.fen
                ELSE -posting.fen END), 0) INTO sent_fen
            FROM aid_posting AS posting JOIN aid_paymentline AS line ON line.id = posting.line_id
            WHERE line.batch_id = NEW.id;
        IF sent_fen <> 0 THEN
            RAISE EXCEPTION 'batch %: % fen are still on their way', OLD.number, sent_fen;
        END IF;
    ELSE
        RAISE EXCEPTION 'batch %: from % to % is no way', OLD.number, OLD.state, NEW.state;
    END IF;
    RETURN NEW;
"""
BATCH_KEPT = """
    IF OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'batch %: only a draft is given up', OLD.number;
    END IF;
    RETURN OLD;
"""


def of_a_batch() -> list[pgtrigger.Trigger]:
    """Forward only, each step on what it stands on."""
    declared = [
        ("lines", "BIGINT"),
        ("total", "BIGINT"),
        ("sent", "BIGINT"),
        ("sent_fen", "BIGINT"),
        ("the_line", "BIGINT"),
        ("allocated", "BIGINT"),
        ("spent", "BIGINT"),
    ]
    return [
        before("batch_begins_as_a_draft", pgtrigger.Insert, BATCH_BEGINS),
        before("batch_moves_by_steps", pgtrigger.Update, BATCH_STEPS, declared),
        before("batch_is_kept", pgtrigger.Delete, BATCH_KEPT),
    ]


# -------------------------------------------------------------------------------- lines

LINE_ADDED = f"""
    SELECT * INTO batch FROM aid_paymentbatch WHERE id = NEW.batch_id FOR SHARE;
    IF batch.state <> 'draft' THEN
        RAISE EXCEPTION 'batch %: lines come into a draft', batch.number;
    END IF;
    IF NOT EXISTS (
        SELECT FROM aid_budgetline WHERE id = NEW.budget_id AND policy = NEW.policy
            AND source = batch.source AND path = batch.path
    ) OR NOT starts_with(NEW.path, batch.path) THEN
        RAISE EXCEPTION 'a line is paid out of the budget of its policy, source and place';
    END IF;
    IF NEW.supplements THEN
        {SUPPLEMENT}
    END IF;
    IF NEW.follows_id IS NULL THEN
        IF EXISTS (
            SELECT FROM aid_formerpayment WHERE subject = NEW.subject AND policy = NEW.policy
                AND for_day = NEW.for_day
        ) THEN
            RAISE EXCEPTION 'a former system has paid this already';
        END IF;
        IF EXISTS (
            SELECT FROM aid_paymentline WHERE subject = NEW.subject AND policy = NEW.policy
                AND for_day = NEW.for_day AND supplements
        ) THEN
            RAISE EXCEPTION 'what is missing here is paid by a supplement';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM aid_paymentline AS line
        JOIN aid_paymentoutcome AS outcome ON outcome.line_id = line.id
        WHERE line.id = NEW.follows_id AND line.subject = NEW.subject
            AND line.policy = NEW.policy AND line.for_day = NEW.for_day
            AND line.budget_id = NEW.budget_id AND line.fen - outcome.paid_fen = NEW.fen
    ) THEN
        RAISE EXCEPTION 'a line that follows pays exactly what came back';
    END IF;
    RETURN NEW;
"""
LINE_STAYS = f"""
    IF ROW(NEW.id, NEW.batch_id, NEW.number, NEW.subject, NEW.policy, NEW.for_day, NEW.fen,
        NEW.budget_id, NEW.organisation_id, NEW.path, NEW.follows_id, NEW.supplements,
        NEW.account_kind)
        IS DISTINCT FROM ROW(OLD.id, OLD.batch_id, OLD.number, OLD.subject, OLD.policy,
        OLD.for_day, OLD.fen, OLD.budget_id, OLD.organisation_id, OLD.path, OLD.follows_id,
        OLD.supplements, OLD.account_kind) OR NOT EXISTS (
        SELECT FROM aid_paymentbatch WHERE id = OLD.batch_id
            AND closed_at < clock_timestamp() - INTERVAL '{EMPTIED_AFTER}'
    ) OR NEW.account_key <> ''
        OR num_nonnulls(NEW.name, NEW.holder, NEW.account, NEW.holder_id) > 0 THEN
        RAISE EXCEPTION 'a payment line never changes; its names are emptied when due';
    END IF;
    RETURN NEW;
"""
LINE_LEAVES = """
    IF EXISTS (SELECT FROM aid_paymentbatch WHERE id = OLD.batch_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'lines leave a draft only';
    END IF;
    RETURN OLD;
"""


def of_a_line() -> list[pgtrigger.Trigger]:
    """Into a draft, out of the right budget; after what came back, that and no more."""
    declared = [("batch", "aid_paymentbatch"), ("settled", "BIGINT"), ("due", "BIGINT")]
    return [
        before("line_into_a_draft", pgtrigger.Insert, LINE_ADDED, declared),
        before("line_stays", pgtrigger.Update, LINE_STAYS),
        before("line_leaves_a_draft", pgtrigger.Delete, LINE_LEAVES),
    ]
