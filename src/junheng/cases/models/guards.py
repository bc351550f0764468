"""What the database refuses, whoever asks: steps out of order, a case or an entry that vanishes."""

from __future__ import annotations

import pgtrigger

from junheng.cases.engine.flow import State, moves

OF_THE_OPENING = ("id", "number", "kind", "subject", "path", "opened_at", "opened_by_id", "asked")
OF_THE_ASKING = ("id", "number", "path", "asked_at", "taken_by_id", "channel", "question")


def case_goes_its_way() -> list[pgtrigger.Trigger]:
    """A case begins open, moves as the flow says, and stays."""
    ways = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in sorted(moves())
    )
    old, new = (", ".join(f"{row}.{name}" for name in OF_THE_OPENING) for row in ("OLD", "NEW"))
    return [
        _refusing("case_begins_open", pgtrigger.Insert, f"NEW.state <> '{State.OPEN}'"),
        _refusing(
            "case_goes_its_way",
            pgtrigger.Update,
            f"OLD.state <> NEW.state AND NOT ({ways}) OR ROW({old}) IS DISTINCT FROM ROW({new})",
        ),
        _refusing("case_stays", pgtrigger.Delete, "TRUE"),
    ]


def consultation_stays() -> list[pgtrigger.Trigger]:
    """What was asked stays as it was asked; what was answered stays answered."""
    old, new = (", ".join(f"{row}.{name}" for name in OF_THE_ASKING) for row in ("OLD", "NEW"))
    taken_back = "OLD.answered_at IS NOT NULL AND NEW.answered_at IS NULL"
    return [
        _refusing(
            "consultation_stays_as_asked",
            pgtrigger.Update,
            f"ROW({old}) IS DISTINCT FROM ROW({new}) OR {taken_back}",
        ),
        _refusing("consultation_stays", pgtrigger.Delete, "TRUE"),
    ]


def _refusing(name: str, operation: pgtrigger.Operation, wrong: str) -> pgtrigger.Trigger:
    row = "OLD" if operation is pgtrigger.Delete else "NEW"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
            IF {wrong} THEN
                RAISE EXCEPTION '%: this cannot follow', {row}.number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN {row};
        """,
    )
