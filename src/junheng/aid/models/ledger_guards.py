"""What the database refuses of the bank's file, of its answers and of the ledger."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.payment_guards import EMPTIED_AFTER
from junheng.commons.models.guards import before

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
IN_A_CLOSED_TERM = """
    IF EXISTS (
        SELECT FROM aid_aidterm AS term JOIN places_place AS place ON place.id = term.place_id
        WHERE term.closed_at IS NOT NULL AND starts_with({row}.path, place.path)
            AND {row}.for_day BETWEEN term.starts_on AND term.ends_on
    ) THEN
        RAISE EXCEPTION 'the term is closed: what was paid for it stays as it is';
    END IF;
"""
FORMER_COMES = f"""
    {IN_A_CLOSED_TERM.format(row="NEW")}
    RETURN NEW;
"""
FORMER_GOES = f"""
    IF OLD.batch IS NULL THEN
        RAISE EXCEPTION 'what a former system paid stays; what an import brought goes with it';
    END IF;
    {IN_A_CLOSED_TERM.format(row="OLD")}
    RETURN OLD;
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
    """What a former system paid is written down once; an import can be taken back."""
    stays = "RAISE EXCEPTION 'what a former system paid stays as it was entered';"
    return [
        before("former_payment_comes", pgtrigger.Insert, FORMER_COMES),
        before("former_payment_stays", pgtrigger.Update, stays),
        before("former_payment_goes", pgtrigger.Delete, FORMER_GOES),
    ]
