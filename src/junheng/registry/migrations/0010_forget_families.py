"""Forgetting a pupil takes the guardians, the tags and every number as well."""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.registry_forget_pupil(subject uuid, new_name bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'registry.pupil' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM registry_pupil pupil
        WHERE pupil.id = $1 AND pupil.left_on + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'pupil %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE registry_pupil SET name = new_name, resident_id = NULL, resident_id_key = '',
        national_number = NULL, national_number_key = '', household_number = NULL, household_key = '',
        born_on = NULL, sex = '', ethnicity = '' WHERE id = $1;
    DELETE FROM registry_guardian WHERE pupil_id = $1;
    DELETE FROM registry_pupiltag WHERE pupil_id = $1;
    PERFORM set_config('pgtrigger.ignore',
        '{' || string_agg(tgname, ',') || '}', true) FROM pg_trigger
        WHERE tgrelid IN ('registry_pupilevent'::regclass, 'registry_guardianevent'::regclass,
                'registry_pupiltagevent'::regclass)
            AND starts_with(tgname, 'pgtrigger_history_is_kept');
    UPDATE registry_pupilevent SET name = new_name, resident_id = NULL, resident_id_key = '',
        national_number = NULL, national_number_key = '', household_number = NULL, household_key = '',
        born_on = NULL, sex = '', ethnicity = '' WHERE id = $1;
    DELETE FROM registry_guardianevent WHERE pupil_id = $1;
    DELETE FROM registry_pupiltagevent WHERE pupil_id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_standings")]

    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
