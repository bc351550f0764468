"""What the database refuses of quota seats, whoever asks; no constraint could say it."""

from __future__ import annotations

import pgtrigger

from junheng.admissions.models.guards import FRESH

RULE = ("place_id", "year", "permille", "years", "unfilled", "basis")


def rule_stays_once_published() -> pgtrigger.Trigger:
    """What a plan says stays as it is while its shares are published."""
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in RULE)
    return pgtrigger.Trigger(
        name="quota_rule_stays_once_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF ({differs}) AND EXISTS (
                SELECT FROM admissions_quotarun AS record
                JOIN commons_run AS run ON run.id = record.run_id
                WHERE record.plan_id = OLD.id AND record.stage = 'shares'
                    AND run.published_at IS NOT NULL AND run.superseded_at IS NULL
            ) THEN
                RAISE EXCEPTION 'the shares of this plan are published: its rule stays';
            END IF;
            RETURN NEW;
        """,
    )


def shares_within_quota() -> pgtrigger.Trigger:
    """The shares of a senior school never add up to more than its quota seats."""
    return _after_insert(
        "quota_shares_within_quota",
        """
            SELECT senior_code INTO wrong
            FROM admissions_quotashare
            WHERE run_id IN (SELECT run_id FROM fresh)
            GROUP BY run_id, senior_code
            HAVING sum(seats) > min(quota) OR min(quota) <> max(quota)
            LIMIT 1;
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'more seats of % are shared out than there are', wrong;
            END IF;
            RETURN NULL;
        """,
    )


def seats_within_shares() -> pgtrigger.Trigger:
    """No school's pupils take more seats than its share, nor all of them more than the shares."""
    return _after_insert(
        "quota_seats_within_shares",
        """
            SELECT taken.senior_code INTO wrong
            FROM (
                SELECT run_id, senior_code, count(*) AS pupils
                FROM admissions_quotaplacement
                WHERE run_id IN (SELECT run_id FROM fresh) AND senior_code <> ''
                GROUP BY run_id, senior_code
            ) AS taken
            JOIN admissions_quotarun AS run ON run.run_id = taken.run_id
            WHERE taken.pupils > (
                SELECT coalesce(sum(share.seats), 0) FROM admissions_quotashare AS share
                WHERE share.run_id = run.shares_id AND share.senior_code = taken.senior_code
            )
            LIMIT 1;
            IF wrong IS NULL THEN
                SELECT taken.senior_code INTO wrong
                FROM (
                    SELECT run_id, senior_code, school_code, count(*) AS pupils
                    FROM admissions_quotaplacement
                    WHERE run_id IN (SELECT run_id FROM fresh) AND fate = 'own'
                    GROUP BY run_id, senior_code, school_code
                ) AS taken
                JOIN admissions_quotarun AS run ON run.run_id = taken.run_id
                WHERE taken.pupils > coalesce((
                    SELECT share.seats FROM admissions_quotashare AS share
                    WHERE share.run_id = run.shares_id
                        AND share.senior_code = taken.senior_code
                        AND share.code = taken.school_code
                ), 0)
                LIMIT 1;
            END IF;
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'more pupils than quota seats at %', wrong;
            END IF;
            RETURN NULL;
        """,
    )


def _after_insert(name: str, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=FRESH,
        declare=[("wrong", "TEXT")],
        func=func,
    )
