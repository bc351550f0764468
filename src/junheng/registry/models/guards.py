"""What the database refuses, whoever asks: a class above the cap, a date that was not agreed.

No constraint can look at the row that was there before, at another table or at the year
before, so these are triggers. The role under which the site works cannot switch them off.
"""

from __future__ import annotations

import pgtrigger

from junheng.registry.engine.cap import CLASS_CAP

CAP_IS_KEPT = f"""
    IF NEW.exempt_size IS NOT NULL AND (TG_OP = 'INSERT' OR ROW(NEW.exempt_size, NEW.exempt_until)
        IS DISTINCT FROM ROW(OLD.exempt_size, OLD.exempt_until)) AND NOT EXISTS (
            SELECT FROM registry_classexemption exemption
            WHERE exemption.school_class_id = NEW.id AND exemption.size = NEW.exempt_size
                AND exemption.until = NEW.exempt_until
        ) THEN
        RAISE EXCEPTION 'two people sign an exemption from the cap'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.organisation_id, NEW.school_year, NEW.grade, NEW.number) IS DISTINCT FROM
           ROW(OLD.organisation_id, OLD.school_year, OLD.grade, OLD.number) THEN
            RAISE EXCEPTION 'a class stays the class it is; count another one'
                USING ERRCODE = 'check_violation';
        END IF;
        IF ROW(NEW.inherited_on, NEW.inherited_size) IS NOT DISTINCT FROM
           ROW(OLD.inherited_on, OLD.inherited_size) THEN
            IF NEW.size > {CLASS_CAP} AND NEW.size > OLD.size
                AND (NEW.counted_on > OLD.counted_on OR OLD.by_register)
                AND (NEW.exempt_size IS NULL OR NEW.size > NEW.exempt_size
                    OR NEW.exempt_until < (now() AT TIME ZONE 'Asia/Shanghai')::date) THEN
                RAISE EXCEPTION 'a class above % may only become smaller', {CLASS_CAP}
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    IF NEW.inherited_size IS NULL THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM registry_openingcount opening
        JOIN places_place place ON place.id = opening.place_id
        JOIN places_organisation school ON starts_with(school.path, place.path)
        WHERE school.id = NEW.organisation_id
            AND opening.closed_at IS NULL AND opening.held_on = NEW.inherited_on
    ) OR TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM registry_schoolclass earlier
        WHERE earlier.organisation_id = NEW.organisation_id
            AND earlier.school_year = NEW.school_year - 1
            AND earlier.grade = NEW.grade - 1 AND earlier.number = NEW.number
            AND earlier.inherited_on = NEW.inherited_on AND earlier.size >= NEW.inherited_size
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a class above % was neither there at the opening count nor the year before',
        {CLASS_CAP} USING ERRCODE = 'check_violation';
"""  # noqa: S608 -- a constant
"""A class above the cap is either found at the opening count or the same class a year later."""

COUNT_STAYS_CLOSED = """
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
        OR ROW(NEW.place_id, NEW.held_on, NEW.opened_at) IS DISTINCT FROM
           ROW(OLD.place_id, OLD.held_on, OLD.opened_at) THEN
        RAISE EXCEPTION 'an opening count is held once and never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

AS_ITS_ZONE = """
    SELECT CASE zone.level WHEN 'primary' THEN 1 ELSE 7 END, zone.valid_from, zone.valid_to
        INTO NEW.entry_grade, NEW.valid_from, NEW.valid_to
        FROM registry_zone zone WHERE zone.id = NEW.zone_id;
    RETURN NEW;
"""
"""A place of a zone has the zone's level and dates, so that two zones cannot both hold it."""

DATES_REACH_ITS_PLACES = """
    UPDATE registry_zoneplace SET zone_id = NEW.id WHERE zone_id = NEW.id;
    RETURN NULL;
"""


def cap_is_kept() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="cap_is_kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=CAP_IS_KEPT,
    )


def count_stays_closed() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="count_stays_closed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=COUNT_STAYS_CLOSED,
    )


def as_its_zone() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="as_its_zone",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=AS_ITS_ZONE,
    )


def dates_reach_its_places() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="dates_reach_its_places",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=DATES_REACH_ITS_PLACES,
    )


def zone_is_known() -> pgtrigger.Trigger:
    """What speaks for a zone names one that there is or was, of the same level."""
    return pgtrigger.Trigger(
        name="zone_is_known",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF NOT EXISTS (
                SELECT FROM registry_zone WHERE code = NEW.zone_code AND level = NEW.level
            ) THEN
                RAISE EXCEPTION 'there is no zone % of level %', NEW.zone_code, NEW.level
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NEW;
        """,
    )


_PRIVATE_IN_ZONE = """
    IF EXISTS (
        SELECT FROM {tables}
        WHERE school.organisation_id = {organisation} AND school.ownership = 'private'
            AND (zone.level = 'primary') = (school.lowest_grade <= 6)
            AND daterange(school.valid_from, school.valid_to)
                && daterange(zone.valid_from, zone.valid_to)
    ) THEN
        RAISE EXCEPTION 'a private school recruits by lottery and has no zone'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def zone_has_no_private_school() -> pgtrigger.Trigger:
    """No zone is given a school that is private while the zone holds."""
    return pgtrigger.Trigger(
        name="zone_has_no_private_school",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_PRIVATE_IN_ZONE.format(
            tables="registry_school school JOIN registry_zone zone ON zone.id = NEW.zone_id",
            organisation="NEW.organisation_id",
        ),
    )


def private_school_has_no_zone() -> pgtrigger.Trigger:
    """No school becomes private while a zone has it."""
    return pgtrigger.Trigger(
        name="private_school_has_no_zone",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_PRIVATE_IN_ZONE.format(
            tables="registry_school school "
            "JOIN registry_zoneschool ranked ON ranked.organisation_id = school.organisation_id "
            "JOIN registry_zone zone ON zone.id = ranked.zone_id",
            organisation="NEW.organisation_id",
        ),
    )
