"""Two functions that take away who asked, history included, once the time of keeping is over.

History cannot be changed by the role under which the site works; these run with the owner's rights
and do one thing only, after looking whether it is due and written down.
"""

from django.db import migrations

FORGET = """
CREATE OR REPLACE FUNCTION public.{name}(subject uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = '{kind}' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM {table} held
        WHERE held.id = $1 AND held.{ended} + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION '{kind} %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE {table} SET {empty} WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '{{' || tgname || '}}', true) FROM pg_trigger
        WHERE tgrelid = '{table}event'::regclass
            AND starts_with(tgname, 'pgtrigger_history_is_kept');
    UPDATE {table}event SET {empty} WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""
CALLER = FORGET.format(
    name="cases_forget_caller",
    kind="cases.consultation",
    table="cases_consultation",
    ended="answered_at",
    empty="name = NULL, phone = NULL",
)
ASKER = FORGET.format(
    name="cases_forget_asker",
    kind="cases.case",
    table="cases_case",
    ended="closed_at",
    empty="asker = NULL",
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_closed_first"),
        ("commons", "0007_personal_data"),
    ]

    operations = [
        migrations.RunSQL(CALLER, "DROP FUNCTION public.cases_forget_caller(uuid)"),
        migrations.RunSQL(ASKER, "DROP FUNCTION public.cases_forget_asker(uuid)"),
    ]
