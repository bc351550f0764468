"""What the database refuses of payments: a second payment, a skipped person, a fen astray.

Every trigger asks the tables themselves and takes the row of the batch (or of the budget line) that
it stands on, so two who press at once come one after the other.
"""

from __future__ import annotations

import pgtrigger

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
"""  # noqa: S608 -- our own names
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

LINE_ADDED = """
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
    IF NEW.follows_id IS NULL THEN
        IF EXISTS (
            SELECT FROM aid_formerpayment WHERE subject = NEW.subject AND policy = NEW.policy
                AND for_day = NEW.for_day
        ) THEN
            RAISE EXCEPTION 'a former system has paid this already';
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
        NEW.budget_id, NEW.organisation_id, NEW.path, NEW.follows_id, NEW.account_kind)
        IS DISTINCT FROM ROW(OLD.id, OLD.batch_id, OLD.number, OLD.subject, OLD.policy,
        OLD.for_day, OLD.fen, OLD.budget_id, OLD.organisation_id, OLD.path, OLD.follows_id,
        OLD.account_kind) OR NOT EXISTS (
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
    return [
        before("line_into_a_draft", pgtrigger.Insert, LINE_ADDED, [("batch", "aid_paymentbatch")]),
        before("line_stays", pgtrigger.Update, LINE_STAYS),
        before("line_leaves_a_draft", pgtrigger.Delete, LINE_LEAVES),
    ]


# ------------------------------------------------------------------- file, answer, ledger

FILE_MADE = """
    IF (SELECT state FROM aid_paymentbatch WHERE id = NEW.batch_id FOR UPDATE) <> 'checked' THEN
        RAISE EXCEPTION 'the file for the bank is made of a checked batch';
    END IF;
    RETURN NEW;
"""
FILE_STAYS = f"""
    IF TG_OP = 'DELETE' OR ROW(NEW.id, NEW.batch_id, NEW.name, NEW.layout, NEW.sha256, NEW.by_id,
        NEW.at) IS DISTINCT FROM ROW(OLD.id, OLD.batch_id, OLD.name, OLD.layout, OLD.sha256,
        OLD.by_id, OLD.at) OR NEW.content IS NOT NULL OR NOT EXISTS (
        SELECT FROM aid_paymentbatch WHERE id = OLD.batch_id
            AND closed_at < clock_timestamp() - INTERVAL '{EMPTIED_AFTER}'
    ) THEN
        RAISE EXCEPTION 'the file for the bank never changes';
    END IF;
    RETURN NEW;
"""
ANSWERED = """
    SELECT * INTO line FROM aid_paymentline WHERE id = NEW.line_id;
    IF NEW.paid_fen < 0 OR NEW.paid_fen > line.fen OR NOT EXISTS (
        SELECT FROM aid_bankanswer WHERE id = NEW.answer_id AND batch_id = line.batch_id
    ) THEN
        RAISE EXCEPTION 'the bank answers for a line that it was sent, and for no more';
    END IF;
    IF (SELECT state FROM aid_paymentbatch WHERE id = line.batch_id FOR SHARE) <> 'paid_out' THEN
        RAISE EXCEPTION 'the bank answers for a batch that was sent';
    END IF;
    RETURN NEW;
"""
LEDGER = """
    SELECT line.fen, outcome.paid_fen, batch.state, line.follows_id IS NOT NULL AS again
        INTO truth FROM aid_paymentline AS line
        JOIN aid_paymentbatch AS batch ON batch.id = line.batch_id
        LEFT JOIN aid_paymentoutcome AS outcome ON outcome.line_id = line.id
        WHERE line.id = NEW.line_id;
    SELECT COALESCE(sum(fen) FILTER (WHERE enters = 'in_transit'), 0),
        COALESCE(sum(fen) FILTER (WHERE enters = 'paid'), 0),
        COALESCE(sum(fen) FILTER (WHERE enters = 'returned'), 0),
        COALESCE(bool_or(leaves = 'returned'), FALSE)
        INTO sent, paid, back, again FROM aid_posting WHERE line_id = NEW.line_id;
    IF truth.state IN ('draft', 'checked') OR sent <> truth.fen OR again <> truth.again
        OR paid <> COALESCE(truth.paid_fen, 0)
        OR back <> COALESCE(truth.fen - truth.paid_fen, 0) THEN
        RAISE EXCEPTION 'the ledger of this line does not balance';
    END IF;
    RETURN NEW;
"""


def balanced(name: str) -> pgtrigger.Trigger:
    """At the end of a transaction the postings of a line are what is true of it, to the fen."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=LEDGER,
        declare=[
            ("truth", "RECORD"),
            ("sent", "BIGINT"),
            ("paid", "BIGINT"),
            ("back", "BIGINT"),
            ("again", "BOOLEAN"),
        ],
    )


def never(name: str, what: str) -> pgtrigger.Trigger:
    """Written once, and kept."""
    refuse = f"RAISE EXCEPTION '{what}';"
    return before(name, pgtrigger.Update | pgtrigger.Delete, refuse)


def of_a_file() -> list[pgtrigger.Trigger]:
    """Made of a checked batch, kept as it is."""
    return [
        before("file_of_a_checked_batch", pgtrigger.Insert, FILE_MADE),
        before("file_stays", pgtrigger.Update | pgtrigger.Delete, FILE_STAYS),
    ]


def of_an_outcome() -> list[pgtrigger.Trigger]:
    """Of a line that was sent, once, and posted in the same transaction."""
    return [
        before("outcome_of_a_sent_line", pgtrigger.Insert, ANSWERED, [("line", "aid_paymentline")]),
        never("outcome_stays", "what the bank answered stays"),
        balanced("outcome_is_posted"),
    ]


def of_a_posting() -> list[pgtrigger.Trigger]:
    """Kept, and in balance."""
    return [never("posting_stays", "a posting stays"), balanced("posting_balances")]


def of_a_former_payment() -> list[pgtrigger.Trigger]:
    """What a former system paid is written down once."""
    return [never("former_payment_stays", "what a former system paid stays as it was entered")]


# ------------------------------------------------------------------------------- budgets

BUDGET_HOLDS = f"""
    IF ROW(NEW.id, NEW.place_id, NEW.path, NEW.policy, NEW.source, NEW.half_year)
        IS DISTINCT FROM ROW(OLD.id, OLD.place_id, OLD.path, OLD.policy, OLD.source, OLD.half_year)
    THEN
        RAISE EXCEPTION 'a budget line stays what it is for';
    END IF;
    {SPENT.format(line="NEW.id")}
    IF NEW.allocated_fen < spent THEN
        RAISE EXCEPTION 'of this budget line % fen have left already', spent;
    END IF;
    RETURN NEW;
"""
FORMER_SUFFICES = f"""
    SELECT allocated_fen INTO allocated FROM aid_budgetline WHERE id = NEW.budget_id FOR UPDATE;
    {SPENT.format(line="NEW.budget_id")}
    IF spent + NEW.fen > allocated THEN
        RAISE EXCEPTION 'no more leaves a budget line than was allocated to it';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- our own names


def of_a_budget_line() -> list[pgtrigger.Trigger]:
    """Never below what has left it."""
    return [
        before("budget_line_holds", pgtrigger.Update, BUDGET_HOLDS, [("spent", "BIGINT")]),
        before(
            "budget_line_is_kept",
            pgtrigger.Delete,
            "RAISE EXCEPTION 'a budget line is kept';",
        ),
    ]


def of_a_former_total() -> list[pgtrigger.Trigger]:
    """Not beyond what was allocated."""
    declared = [("spent", "BIGINT"), ("allocated", "BIGINT")]
    return [before("former_total_in_budget", pgtrigger.Insert, FORMER_SUFFICES, declared)]


# ------------------------------------------------------------------------------ accounts

ACCOUNT_STAYS = """
    IF OLD.replaced_at IS NOT NULL OR NEW.replaced_at IS NULL
        OR to_jsonb(NEW) - 'replaced_at' <> to_jsonb(OLD) - 'replaced_at' THEN
        RAISE EXCEPTION 'an account is replaced by another one, it does not change';
    END IF;
    RETURN NEW;
"""
ACCOUNT_KEPT = f"""
    IF OLD.entered_at > clock_timestamp() - INTERVAL '{EMPTIED_AFTER}' THEN
        RAISE EXCEPTION 'an account is replaced, and deleted when due';
    END IF;
    RETURN OLD;
"""


def of_an_account() -> list[pgtrigger.Trigger]:
    """Replaced, never changed."""
    return [
        before("account_is_replaced", pgtrigger.Update, ACCOUNT_STAYS),
        before("account_is_kept", pgtrigger.Delete, ACCOUNT_KEPT),
    ]
