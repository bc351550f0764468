"""A function that takes who it was from somebody who left the staff long ago, history included.

History cannot be changed by the role under which the site works; this runs with the owner's
rights, and looks first whether it is due and written down.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.registry_forget_staff(subject bigint, new_name bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'registry.staff' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM registry_staffpost post WHERE post.person_id = $1
    ) OR EXISTS (
        SELECT FROM registry_staffpost post WHERE post.person_id = $1
            AND (post.valid_to IS NULL OR post.valid_to + interval '30 days' > clock_timestamp())
    ) THEN
        RAISE EXCEPTION 'person %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE registry_staffmember
        SET name = new_name, resident_id = NULL, resident_id_key = '', born_on = NULL, sex = ''
        WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '{' || tgname || '}', true) FROM pg_trigger
        WHERE tgrelid = 'registry_staffmemberevent'::regclass
            AND starts_with(tgname, 'pgtrigger_history_is_kept');
    UPDATE registry_staffmemberevent
        SET name = new_name, resident_id = NULL, resident_id_key = '', born_on = NULL, sex = ''
        WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_staff_and_resources"), ("commons", "0008_retention")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION public.registry_forget_staff(bigint, bytea)")
    ]
