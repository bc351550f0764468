"""A function that deletes what was decided of people in terms of long ago, so many rows at a time.

What was published is replaced and never deleted; this runs with the owner's rights, does one thing,
and looks first whether it is due. The runs with their receipts (heads and sums) stay.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.aid_forget_decided(until timestamptz, most integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    runs bigint[];
    done INTEGER;
BEGIN
    IF until > clock_timestamp() - interval '180 days' THEN
        RAISE EXCEPTION 'what was decided is kept for at least half a year after its term'
            USING ERRCODE = 'check_violation';
    END IF;
    runs := ARRAY(
        SELECT run.id FROM commons_run run
        JOIN aid_aidterm term ON term.ends_on < until::date
        JOIN places_place place ON place.id = term.place_id
            AND run.matter = 'aid ' || term.code || ' ' || place.code
        WHERE run.kind = 'aid.entitlement' AND run.state NOT IN ('queued', 'running')
    );
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{' || string_agg(tgname, ',') || '}' FROM pg_trigger
        WHERE tgrelid IN ('aid_entitlement'::regclass, 'aid_personanswers'::regclass)
            AND tgname ~ '^pgtrigger_(entitlement|person_answers)_replaced'
    ), true);
    DELETE FROM aid_personanswers WHERE id IN (
        SELECT id FROM aid_personanswers WHERE run_id = ANY(runs) LIMIT most
    );
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done = 0 THEN
        DELETE FROM aid_entitlement WHERE id IN (
            SELECT id FROM aid_entitlement WHERE run_id = ANY(runs) LIMIT most
        );
        GET DIAGNOSTICS done = ROW_COUNT;
    END IF;
    PERFORM set_config('pgtrigger.ignore', '', true);
    RETURN done;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0007_funds"), ("commons", "0008_retention")]

    operations = [
        migrations.RunSQL(
            CREATE, "DROP FUNCTION public.aid_forget_decided(timestamptz, integer)"
        )
    ]
