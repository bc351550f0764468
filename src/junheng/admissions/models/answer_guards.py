"""What the database refuses of families' answers to offers: too late, for another, not offered."""

from __future__ import annotations

import pgtrigger

from junheng.commons.models.guards import before

CURRENT = """
    SELECT FROM admissions_roundrun AS run
    JOIN commons_run AS made ON made.id = run.run_id
    JOIN admissions_round AS round ON round.id = run.round_id AND round.input_id = run.input_id
    JOIN admissions_roundinput AS tables ON tables.id = run.input_id
    WHERE run.run_id = {run} AND run.round_id = NEW.round_id AND round.state = 'published'
        AND made.published_at IS NOT NULL AND made.superseded_at IS NULL
        AND tables.rules->>'mode' = 'open' AND coalesce(tables.rules->>'first_run', '') = ''
"""

ASKED = f"""
    IF NEW.until <= clock_timestamp() OR NOT EXISTS ({CURRENT.format(run="NEW.run_id")}) THEN
        RAISE EXCEPTION 'families are asked about what a published first run offers';
    END IF;
    RETURN NEW;
"""

OFFERED = """
    IF NOT EXISTS (
        SELECT FROM admissions_answerperiod AS period
        JOIN admissions_placement AS placement ON placement.run_id = period.run_id
        JOIN admissions_roundrun AS run ON run.run_id = period.run_id
        JOIN admissions_roundschool AS school ON school.input_id = run.input_id
        WHERE period.run_id = NEW.period_id AND placement.code = NEW.code
            AND placement.school_id IS NULL AND school.id = NEW.school_id
            AND period.until > clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'schools are offered to children without a seat, while families are asked';
    END IF;
    RETURN NEW;
"""

ANSWERED = f"""
    IF TG_OP = 'UPDATE' AND ROW(NEW.id, NEW.period_id, NEW.application_id, NEW.round_id)
        IS DISTINCT FROM ROW(OLD.id, OLD.period_id, OLD.application_id, OLD.round_id) THEN
        RAISE EXCEPTION 'an answer stays whose it is';
    END IF;
    PERFORM FROM admissions_answerperiod WHERE run_id = NEW.period_id
        AND until >= clock_timestamp() FOR SHARE;
    IF NOT FOUND OR NOT EXISTS ({CURRENT.format(run="NEW.period_id")}) THEN
        RAISE EXCEPTION 'answers come while families are asked';
    END IF;
    SELECT code INTO of_child FROM admissions_application
    WHERE id = NEW.application_id AND round_id = NEW.round_id AND state <> 'withdrawn';
    IF of_child IS NULL OR NOT EXISTS (
        SELECT FROM admissions_offeredschool
        WHERE period_id = NEW.period_id AND code = of_child
    ) THEN
        RAISE EXCEPTION 'only a child that is offered schools has an answer';
    END IF;
    IF jsonb_typeof(NEW.schools) <> 'array' OR EXISTS (
        SELECT FROM jsonb_array_elements_text(NEW.schools) AS ranked (code)
        WHERE NOT EXISTS (
            SELECT FROM admissions_offeredschool AS offer
            JOIN admissions_roundschool AS school ON school.id = offer.school_id
            WHERE offer.period_id = NEW.period_id AND offer.code = of_child
                AND school.code = ranked.code
        )
    ) OR (SELECT count(*) <> count(DISTINCT code)
          FROM jsonb_array_elements_text(NEW.schools) AS ranked (code)) THEN
        RAISE EXCEPTION 'an answer ranks schools that are offered, each once';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- constants

AFTER = """
    IF NEW.version > 1 AND EXISTS (
        SELECT FROM admissions_answerperiod AS period
        JOIN commons_run AS made ON made.id = period.run_id
        JOIN admissions_roundinput AS tables ON tables.id = NEW.input_id
        WHERE period.round_id = NEW.round_id AND period.until >= clock_timestamp()
            AND made.superseded_at IS NULL AND coalesce(tables.rules->>'first_run', '') <> ''
    ) THEN
        RAISE EXCEPTION 'families may still answer';
    END IF;
    RETURN NEW;
"""


def of_a_period() -> list[pgtrigger.Trigger]:
    """Of what a published first run offers, with a day that lies ahead."""
    return [before("answer_period_of_a_first_run", pgtrigger.Insert, ASKED)]


def of_an_offered_school() -> list[pgtrigger.Trigger]:
    """To children without a seat, with the period that begins."""
    return [before("offered_school_of_a_period", pgtrigger.Insert, OFFERED)]


def of_an_answer() -> list[pgtrigger.Trigger]:
    """In time, of the child's own offers, kept."""
    return [
        before(
            "offer_answer_in_time",
            pgtrigger.Insert | pgtrigger.Update,
            ANSWERED,
            [("of_child", "TEXT")],
        ),
        before("offer_answer_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'an answer is kept';"),
    ]


def lists_with_answers_after_the_period() -> pgtrigger.Trigger:
    """A list with answers is frozen once nobody may answer any more."""
    return before("frozen_list_after_answers", pgtrigger.Insert, AFTER)
