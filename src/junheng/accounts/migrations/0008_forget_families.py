"""Functions that forget accounts of families, sign-ins and addresses of readings when due.

History and logs can be changed by nobody who works through the site; these run with the owner's
rights, do one thing each, and look first whether it is due.
"""

from django.db import migrations

FAMILY = """
CREATE OR REPLACE FUNCTION public.accounts_forget_family(subject bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'accounts.family' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM accounts_user held
        WHERE held.id = $1 AND held.kind = 'family'
            AND greatest(held.created_at, held.last_login) + interval '30 days'
                <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'account %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE accounts_user SET username = 'gone-' || id, name = '', phone = NULL, phone_key = '',
        is_active = FALSE, password = '!', sessions_ended = sessions_ended + 1 WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '{' || tgname || '}', true) FROM pg_trigger
        WHERE tgrelid = 'accounts_userevent'::regclass
            AND starts_with(tgname, 'pgtrigger_history_is_kept');
    UPDATE accounts_userevent SET username = 'gone-' || id, name = '', phone = NULL,
        phone_key = '' WHERE id = $1;
    PERFORM set_config('pgtrigger.ignore', '', true);
    DELETE FROM accounts_formerpassword WHERE user_id = $1;
END $$
"""
LOG = """
CREATE OR REPLACE FUNCTION public.{name}(until timestamptz, most integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done INTEGER;
BEGIN
    IF until > clock_timestamp() - interval '180 days' THEN
        RAISE EXCEPTION 'logs are kept for at least half a year'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('pgtrigger.ignore', '{{' || tgname || '}}', true) FROM pg_trigger
        WHERE tgrelid = '{table}'::regclass AND starts_with(tgname, 'pgtrigger_{guard}');
    {forget}
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('pgtrigger.ignore', '', true);
    RETURN done;
END $$
"""
SIGN_INS = LOG.format(
    name="accounts_forget_sign_ins",
    table="accounts_signin",
    guard="sign_in_never_changes",
    forget="""
    DELETE FROM accounts_signin WHERE id IN (
        SELECT id FROM accounts_signin WHERE at < until ORDER BY at LIMIT most
    );""",
)
ADDRESSES = LOG.format(
    name="accounts_forget_addresses",
    table="accounts_readlog",
    guard="reading_never_changes",
    forget="""
    UPDATE accounts_readlog SET address = NULL WHERE id IN (
        SELECT id FROM accounts_readlog
        WHERE at < until AND address IS NOT NULL ORDER BY at LIMIT most
    );""",
)
DROP = "DROP FUNCTION public.accounts_forget_{}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_families_by_telephone"),
        ("commons", "0008_retention"),
    ]

    operations = [
        migrations.RunSQL(FAMILY, DROP.format("family(bigint)")),
        migrations.RunSQL(SIGN_INS, DROP.format("sign_ins(timestamptz, integer)")),
        migrations.RunSQL(ADDRESSES, DROP.format("addresses(timestamptz, integer)")),
    ]
