"""A function that empties an application and its history once its time is over.

History cannot be changed by the role under which the site works; this runs with the owner's
rights and does one thing only, after looking whether it is due and written down.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.admissions_forget_application(
    subject uuid, new_child bytea, new_guardian bytea, new_phone bytea, new_statement bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone TEXT := left('gone:' || md5(subject::text), 32);
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'admissions.application' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM admissions_application application
        JOIN admissions_round round ON round.id = application.round_id
        JOIN admissions_rounddate day ON day.round_id = round.id AND day.what = 'closing'
        WHERE application.id = $1 AND round.state = 'closed'
            AND day.ends_at + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'application %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE admissions_application SET child_name = new_child, guardian_name = new_guardian,
        phone = new_phone, statement = CASE WHEN statement IS NOT NULL THEN new_statement END,
        look_up = gone, child_key = CASE WHEN child_key <> '' THEN gone ELSE '' END,
        born_on = NULL, deferral_paper = ''
        WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '{' || tgname || '}', true) FROM pg_trigger
        WHERE tgrelid = 'admissions_applicationevent'::regclass
            AND starts_with(tgname, 'pgtrigger_history_is_kept');
    UPDATE admissions_applicationevent SET child_name = new_child, guardian_name = new_guardian,
        phone = new_phone, statement = CASE WHEN statement IS NOT NULL THEN new_statement END,
        look_up = gone, child_key = CASE WHEN child_key <> '' THEN gone ELSE '' END,
        born_on = NULL, deferral_paper = ''
        WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
    DELETE FROM admissions_verification WHERE application_id = $1;
END $$
"""
DROP = "DROP FUNCTION public.admissions_forget_application(uuid, bytea, bytea, bytea, bytea)"


class Migration(migrations.Migration):
    dependencies = [
        ('admissions', '0017_objections_and_decisions'),
        ('commons', '0007_personal_data'),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
