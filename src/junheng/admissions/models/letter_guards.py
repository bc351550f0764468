"""What the database refuses of letters: one for a seat that nobody holds, or one undone."""

from __future__ import annotations

import pgtrigger

OF_THE_PAPER = (
    *("id", "number", "round_id", "run_id", "placement_id", "decision_id", "application_id"),
    "school_id",
    *("school_path", "issued_at", "issued_by_id"),
)


def of_a_letter() -> list[pgtrigger.Trigger]:
    """Issued for a seat of the published result, ended once, kept for ever."""
    old, new = (", ".join(f"{row}.{name}" for name in OF_THE_PAPER) for row in ("OLD", "NEW"))
    return [
        _before(
            "letter_for_a_published_seat",
            pgtrigger.Insert,
            """
            IF NEW."end" <> '' THEN
                RAISE EXCEPTION 'a letter begins valid';
            END IF;
            IF NEW.decision_id IS NOT NULL AND EXISTS (
                SELECT FROM admissions_seatdecision AS decision
                WHERE decision.id = NEW.decision_id AND decision.round_id = NEW.round_id
                    AND decision.application_id = NEW.application_id
                    AND decision.school_id = NEW.school_id
                    AND decision.school_path = NEW.school_path AND NOT EXISTS (
                        SELECT FROM admissions_seatdecision WHERE replaces_id = decision.id
                    )
            ) THEN
                RETURN NEW;
            END IF;
            IF NOT EXISTS (
                SELECT FROM admissions_placement AS placement
                JOIN admissions_roundrun AS mine ON mine.run_id = placement.run_id
                JOIN commons_run AS run ON run.id = mine.run_id
                JOIN admissions_application AS application
                    ON application.round_id = mine.round_id AND application.code = placement.code
                WHERE placement.id = NEW.placement_id AND mine.run_id = NEW.run_id
                    AND mine.round_id = NEW.round_id AND application.id = NEW.application_id
                    AND placement.school_id = NEW.school_id
                    AND placement.school_path = NEW.school_path
                    AND run.published_at IS NOT NULL AND run.superseded_at IS NULL
                    AND NOT EXISTS (
                        SELECT FROM admissions_seatdecision AS since
                        WHERE since.application_id = application.id
                    )
            ) THEN
                RAISE EXCEPTION 'a letter is issued for a seat of the published result';
            END IF;
            RETURN NEW;
            """,
        ),
        _before(
            "letter_ends_once",
            pgtrigger.Update,
            f"""
            IF ROW({old}) IS DISTINCT FROM ROW({new}) OR OLD."end" <> '' THEN
                RAISE EXCEPTION 'letter %: it is revoked once, and nothing else changes',
                    OLD.number;
            END IF;
            RETURN NEW;
            """,
        ),
        _before("letter_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'a letter is kept';"),
    ]


def _before(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=func)
