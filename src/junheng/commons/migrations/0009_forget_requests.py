"""Functions that empty requests about data, and addresses of refused attempts, when due.

Both tables can be changed by nobody who works through the site; these run with the owner's rights
and look first whether it is due.
"""

from django.db import migrations

REQUEST = """
CREATE OR REPLACE FUNCTION public.commons_forget_request(
    subject uuid, new_words bytea, new_answer bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'commons.request' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM commons_datarequest held
        WHERE held.id = $1 AND held.answered_at + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'request %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('pgtrigger.ignore', '{' || tgname || '}', true) FROM pg_trigger
        WHERE tgrelid = 'commons_datarequest'::regclass
            AND starts_with(tgname, 'pgtrigger_data_request_answered_once');
    UPDATE commons_datarequest SET words = new_words,
        answer = CASE WHEN answer IS NOT NULL THEN new_answer END WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""
ATTEMPTS = """
CREATE OR REPLACE FUNCTION public.commons_forget_attempts(until timestamptz, most integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done INTEGER;
BEGIN
    IF until > clock_timestamp() - interval '180 days' THEN
        RAISE EXCEPTION 'logs are kept for at least half a year'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('pgtrigger.ignore', '{' || tgname || '}', true) FROM pg_trigger
        WHERE tgrelid = 'commons_attempt'::regclass
            AND starts_with(tgname, 'pgtrigger_attempt_never_changes');
    UPDATE commons_attempt SET address = NULL WHERE id IN (
        SELECT id FROM commons_attempt
        WHERE at < until AND address IS NOT NULL ORDER BY at LIMIT most
    );
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('pgtrigger.ignore', '', true);
    RETURN done;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0008_retention")]

    operations = [
        migrations.RunSQL(
            REQUEST, "DROP FUNCTION public.commons_forget_request(uuid, bytea, bytea)"
        ),
        migrations.RunSQL(
            ATTEMPTS, "DROP FUNCTION public.commons_forget_attempts(timestamptz, integer)"
        ),
    ]
