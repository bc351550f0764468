"""What was asked and said is forgotten with whoever asked, in the history as well.

The two functions of 0003, which take the words along now; both do so only when it is due and
written down.
"""

from django.db import migrations

FORGET = """
CREATE OR REPLACE FUNCTION public.{name}(subject uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
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
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{{' || string_agg(tgname, ',') || '}}' FROM pg_trigger
        WHERE tgrelid::regclass::text ~ '^cases_' AND NOT tgisinternal
            AND tgname ~ '^pgtrigger_(history_is_kept|consultation_stays_as_asked|case_entry)'
    ), true);
    {forget}
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""
OF_A_CALL = """
    UPDATE {table} SET name = NULL, phone = NULL, question = '–',
        said = CASE WHEN said <> '' THEN '–' ELSE '' END WHERE id = $1;
"""
TITLE = """
    UPDATE {table} SET title = subject WHERE kind = 'cases.consultation' AND subject = (
        SELECT number FROM cases_consultation WHERE id = $1
    );
"""
OF_A_CASE = """
    UPDATE {table} SET asker = NULL, title = number, facts = '{{}}', words = '' WHERE id = $1;
"""
OF_AN_ENTRY = """
    UPDATE cases_caseentry SET words = '', place = '', photo = '' WHERE case_id = $1;
"""


def both(statement: str, table: str) -> str:
    """The same for a table and its history."""
    return statement.format(table=table) + statement.format(table=f"{table}event")


CALLER = FORGET.format(
    name="cases_forget_caller",
    kind="cases.consultation",
    table="cases_consultation",
    ended="answered_at",
    forget=both(OF_A_CALL, "cases_consultation") + both(TITLE, "cases_case"),
)
ASKER = FORGET.format(
    name="cases_forget_asker",
    kind="cases.case",
    table="cases_case",
    ended="closed_at",
    forget=both(OF_A_CASE, "cases_case") + OF_AN_ENTRY,
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_forget_whoever_asked")]

    operations = [
        migrations.RunSQL(CALLER, migrations.RunSQL.noop),
        migrations.RunSQL(ASKER, migrations.RunSQL.noop),
    ]
