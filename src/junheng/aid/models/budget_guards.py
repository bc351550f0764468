"""What the database refuses of budgets: less than has left, more than was allocated."""

from __future__ import annotations

import pgtrigger

from junheng.aid.models.payment_guards import SPENT
from junheng.commons.models.guards import before

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
"""


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
