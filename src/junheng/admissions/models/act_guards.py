"""What the database refuses of the act: a step out of order, a second seed, another list.

Source: design, "The lottery cannot be steered". The order is: event named and round opened,
contributions sealed, list frozen, event entered, contributions opened, seed stored, run. Each
trigger asks the tables themselves, so a service with a mistake, or SQL by hand under the
application's role, gets no further than a person on a page.
"""

from __future__ import annotations

import pgtrigger

from junheng.commons.models.guards import before

FORWARD = {
    "planned": ("open",),
    "open": ("frozen",),
    "frozen": ("run",),
    "run": ("published",),
    "published": ("closed",),
}


def of_a_round() -> list[pgtrigger.Trigger]:
    """Forward only, each step on what it stands on; the seed once, and only as it must be."""
    return [
        before("round_begins_planned", pgtrigger.Insert, BEGINS),
        before("round_moves_forward", pgtrigger.Update, _steps()),
        before(
            "round_seed_once",
            pgtrigger.Update,
            SEED,
            declare=[("material", "TEXT"), ("drawn", "TEXT")],
        ),
        before("round_keeps_its_list", pgtrigger.Update, KEEPS),
        before("round_is_kept", pgtrigger.Delete, KEPT),
    ]


BEGINS = """
    IF NEW.state <> 'planned' OR NEW.seed <> '' THEN
        RAISE EXCEPTION 'a round begins planned and without a seed';
    END IF;
    RETURN NEW;
"""
KEPT = """
    IF OLD.state <> 'planned' THEN
        RAISE EXCEPTION 'round %: what was opened is kept', OLD.ref;
    END IF;
    RETURN OLD;
"""
KEEPS = """
    IF NEW.input_id IS DISTINCT FROM OLD.input_id AND OLD.state NOT IN ('planned', 'open')
        AND NEW.input_id IS DISTINCT FROM (
            SELECT input_id FROM admissions_frozenlist
            WHERE round_id = OLD.id ORDER BY version DESC LIMIT 1
        ) THEN
        RAISE EXCEPTION 'round %: its list is frozen', OLD.ref;
    END IF;
    IF OLD.state <> 'planned' AND ROW(NEW.place_id, NEW.ref, NEW.year, NEW.level, NEW.policy,
        NEW.born_from, NEW.born_by) IS DISTINCT FROM ROW(OLD.place_id, OLD.ref, OLD.year,
        OLD.level, OLD.policy, OLD.born_from, OLD.born_by) THEN
        RAISE EXCEPTION 'round %: what was announced never changes', OLD.ref;
    END IF;
    IF OLD.state <> 'planned' AND OLD.rules <> '{}' AND NEW.rules <> OLD.rules THEN
        RAISE EXCEPTION 'round %: its rules never change once it is open', OLD.ref;
    END IF;
    RETURN NEW;
"""
SEED = """
    IF OLD.seed IS NOT DISTINCT FROM NEW.seed THEN
        RETURN NEW;
    END IF;
    IF OLD.seed <> '' THEN
        RAISE EXCEPTION 'round %: its seed never changes', OLD.ref;
    END IF;
    IF OLD.state <> 'frozen' THEN
        RAISE EXCEPTION 'round %: no seed before the list is frozen', OLD.ref;
    END IF;
    IF EXISTS (
        SELECT FROM admissions_contribution
        WHERE round_id = OLD.id AND opened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'round %: a contribution is still sealed', OLD.ref;
    END IF;
    SELECT concat_ws('|', OLD.ref, list.list_sha256,
        (SELECT string_agg(opened, '|' ORDER BY number)
         FROM admissions_contribution WHERE round_id = OLD.id),
        event.figures), event.figures
    INTO material, drawn
    FROM admissions_publicevent AS event
    JOIN admissions_frozenlist AS list ON list.round_id = event.round_id AND list.version = 1
    WHERE event.round_id = OLD.id AND event.figures <> '';
    IF material IS NULL THEN
        RAISE EXCEPTION 'round %: no seed before the public event', OLD.ref;
    END IF;
    IF OLD.rules->>'method' <> 'ring-interval' THEN
        drawn := encode(sha256(convert_to(material, 'UTF8')), 'hex');
    END IF;
    IF NEW.seed <> drawn THEN
        RAISE EXCEPTION 'round %: this is not the seed that list, contributions and event give',
            OLD.ref;
    END IF;
    RETURN NEW;
"""

STEPS = """
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (ALLOWED) THEN
        RAISE EXCEPTION 'round %: from % to % is no way', OLD.ref, OLD.state, NEW.state;
    END IF;
    IF NEW.state = 'open' AND NOT EXISTS (
        SELECT FROM admissions_publicevent WHERE round_id = OLD.id
    ) THEN
        RAISE EXCEPTION 'round %: no public event is named', OLD.ref;
    END IF;
    IF NEW.state = 'frozen' AND NEW.input_id IS DISTINCT FROM (
            SELECT input_id FROM admissions_frozenlist
            WHERE round_id = OLD.id ORDER BY version DESC LIMIT 1
        ) THEN
        RAISE EXCEPTION 'round %: there is no frozen list', OLD.ref;
    END IF;
    IF NEW.state = 'run' AND NOT EXISTS (
        SELECT FROM admissions_roundrun AS mine JOIN commons_run AS run ON run.id = mine.run_id
        WHERE mine.round_id = OLD.id AND NOT mine.rehearsal AND run.state = 'done'
    ) THEN
        RAISE EXCEPTION 'round %: no run of the frozen list is done', OLD.ref;
    END IF;
    IF NEW.state = 'published' AND NOT EXISTS (
        SELECT FROM admissions_roundrun AS mine JOIN commons_run AS run ON run.id = mine.run_id
        WHERE mine.round_id = OLD.id AND NOT mine.rehearsal
            AND run.published_at IS NOT NULL AND run.superseded_at IS NULL
    ) THEN
        RAISE EXCEPTION 'round %: nothing of it is published', OLD.ref;
    END IF;
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM admissions_objection WHERE round_id = OLD.id AND state = 'open'
    ) THEN
        RAISE EXCEPTION 'round %: an objection waits for its answer', OLD.ref;
    END IF;
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM admissions_seatoffer
        WHERE round_id = OLD.id AND state = 'offered' AND until >= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'round %: a family has time to answer an offer', OLD.ref;
    END IF;
    RETURN NEW;
"""


def _steps() -> str:
    allowed = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state = '{new}')"
        for old, following in FORWARD.items()
        for new in following
    )
    return STEPS.replace("ALLOWED", allowed)


TAKES = """
    SELECT run.seed, run.snapshot_id INTO asked, frozen
    FROM commons_run AS run WHERE run.id = NEW.run_id;
    IF NEW.rehearsal <> (asked LIKE 'rehearsal:%') THEN
        RAISE EXCEPTION 'a rehearsal is what its seed says it is';
    END IF;
    IF frozen IS DISTINCT FROM (
        SELECT snapshot_id FROM admissions_roundinput
        WHERE id = NEW.input_id AND round_id = NEW.round_id
    ) THEN
        RAISE EXCEPTION 'a run takes the files of its round';
    END IF;
    IF NOT NEW.rehearsal AND (
        asked IS DISTINCT FROM (
            SELECT nullif(seed, '') FROM admissions_round WHERE id = NEW.round_id
        )
        OR NEW.input_id IS DISTINCT FROM (
            SELECT input_id FROM admissions_frozenlist
            WHERE round_id = NEW.round_id ORDER BY version DESC LIMIT 1
        )
    ) THEN
        RAISE EXCEPTION 'only the frozen list is run with the seed of the round';
    END IF;
    RETURN NEW;
"""


def official_runs_take_the_frozen_list() -> pgtrigger.Trigger:
    """A run that is no rehearsal has the round's seed and its frozen list, or there is none."""
    return before(
        "round_run_takes_the_frozen_list",
        pgtrigger.Insert,
        TAKES,
        declare=[("asked", "TEXT"), ("frozen", "BIGINT")],
    )


def lists_are_frozen_in_turn() -> list[pgtrigger.Trigger]:
    """The first list while the round is open and before its event; others only as corrections."""
    return [
        before(
            "frozen_list_in_turn",
            pgtrigger.Insert,
            """
            SELECT round.state, round.input_id INTO stands, loaded
            FROM admissions_round AS round WHERE round.id = NEW.round_id FOR UPDATE;
            IF NOT EXISTS (
                SELECT FROM admissions_roundinput
                WHERE id = NEW.input_id AND round_id = NEW.round_id
            ) THEN
                RAISE EXCEPTION 'a frozen list is one of its round';
            END IF;
            IF NEW.version = 1 AND (stands <> 'open' OR NEW.input_id IS DISTINCT FROM loaded) THEN
                RAISE EXCEPTION 'a list is frozen while its round is open';
            END IF;
            IF NEW.version = 1 AND clock_timestamp() >= (
                SELECT takes_place_at FROM admissions_publicevent WHERE round_id = NEW.round_id
            ) THEN
                RAISE EXCEPTION 'a list is frozen before its public event';
            END IF;
            IF NEW.version = 1 AND EXISTS (
                SELECT FROM (
                    SELECT code, classes, class_size, continuing, reserved
                    FROM admissions_plannedintake WHERE round_id = NEW.round_id
                ) AS planned
                FULL JOIN (
                    SELECT code, classes, class_size, continuing, reserved
                    FROM admissions_roundschool WHERE input_id = NEW.input_id
                ) AS given USING (code, classes, class_size, continuing, reserved)
                WHERE planned.code IS NULL OR given.code IS NULL
            ) THEN
                RAISE EXCEPTION 'the schools of the list are not those of the plan';
            END IF;
            IF NEW.version > 1 AND (stands <> 'published' OR NEW.reason = '') THEN
                RAISE EXCEPTION 'a published round is corrected with a reason, and no other';
            END IF;
            IF NEW.version <> 1 + (
                SELECT count(*) FROM admissions_frozenlist WHERE round_id = NEW.round_id
            ) THEN
                RAISE EXCEPTION 'lists are counted without gaps';
            END IF;
            RETURN NEW;
            """,
            declare=[("stands", "TEXT"), ("loaded", "BIGINT")],
        )
    ]


def events_are_named_before() -> list[pgtrigger.Trigger]:
    """Named while the round is planned; entered once, afterwards, over a frozen list."""
    named = "name, how_written, example, takes_place_at, contributions_until"
    old, new = (", ".join(f"{row}.{c.strip()}" for c in named.split(",")) for row in ("OLD", "NEW"))
    state = "(SELECT state FROM admissions_round WHERE id = {row}.round_id)"
    return [
        before(
            "event_named_while_planned",
            pgtrigger.Insert,
            f"""
            IF {state.format(row="NEW")} <> 'planned' OR NEW.figures <> '' THEN
                RAISE EXCEPTION 'the public event is named before the round is opened';
            END IF;
            RETURN NEW;
            """,
        ),
        before(
            "event_stays_as_named",
            pgtrigger.Update,
            f"""
            IF ROW({old}, OLD.round_id) IS DISTINCT FROM ROW({new}, NEW.round_id)
                AND {state.format(row="OLD")} <> 'planned' THEN
                RAISE EXCEPTION 'the public event stays as it was announced';
            END IF;
            IF OLD.figures <> NEW.figures AND (OLD.figures <> ''
                OR clock_timestamp() < OLD.takes_place_at
                OR {state.format(row="OLD")} <> 'frozen') THEN
                RAISE EXCEPTION 'the event is entered once, after it took place';
            END IF;
            RETURN NEW;
            """,
        ),
        before(
            "event_is_kept",
            pgtrigger.Delete,
            f"""
            IF {state.format(row="OLD")} <> 'planned' THEN
                RAISE EXCEPTION 'the public event stays as it was announced';
            END IF;
            RETURN OLD;
            """,
        ),
    ]


def contributions_stay_sealed() -> list[pgtrigger.Trigger]:
    """Collected while the round is open and in time; opened once, when the event is entered."""
    return [
        *_contributions_come_in_time(),
        *_contributions_open_once(),
        before(
            "contribution_is_kept", pgtrigger.Delete, "RAISE EXCEPTION 'a contribution is kept';"
        ),
    ]


def _contributions_come_in_time() -> list[pgtrigger.Trigger]:
    return [
        before(
            "contribution_in_time",
            pgtrigger.Insert,
            """
            SELECT round.state, event.contributions_until INTO stands, until
            FROM admissions_round AS round
            JOIN admissions_publicevent AS event ON event.round_id = round.id
            WHERE round.id = NEW.round_id FOR UPDATE OF round;
            IF stands IS DISTINCT FROM 'open' OR clock_timestamp() > until THEN
                RAISE EXCEPTION 'contributions are collected while the round is open, in time';
            END IF;
            IF NEW.opened_at IS NOT NULL OR NEW.opened <> '' THEN
                RAISE EXCEPTION 'a contribution is collected sealed';
            END IF;
            IF NEW.number <> 1 + (
                SELECT count(*) FROM admissions_contribution WHERE round_id = NEW.round_id
            ) THEN
                RAISE EXCEPTION 'contributions are counted without gaps';
            END IF;
            RETURN NEW;
            """,
            declare=[("stands", "TEXT"), ("until", "TIMESTAMPTZ")],
        )
    ]


def _contributions_open_once() -> list[pgtrigger.Trigger]:
    return [
        before(
            "contribution_opened_once",
            pgtrigger.Update,
            """
            IF ROW(OLD.id, OLD.round_id, OLD.number, OLD.words, OLD.commitment, OLD.collected_at)
                IS DISTINCT FROM
                ROW(NEW.id, NEW.round_id, NEW.number, NEW.words, NEW.commitment, NEW.collected_at)
                OR OLD.opened_at IS NOT NULL THEN
                RAISE EXCEPTION 'a contribution never changes';
            END IF;
            IF NEW.opened_at IS NOT NULL AND NOT EXISTS (
                SELECT FROM admissions_publicevent
                WHERE round_id = OLD.round_id AND figures <> ''
            ) THEN
                RAISE EXCEPTION 'contributions are opened after the event';
            END IF;
            IF NEW.opened_at IS NOT NULL AND OLD.commitment <> encode(
                sha256(convert_to(OLD.id::text || '|' || NEW.opened, 'UTF8')), 'hex') THEN
                RAISE EXCEPTION 'contribution %: these are not the words that were sealed',
                    OLD.number;
            END IF;
            RETURN NEW;
            """,
        )
    ]
