"""Functions that empty objections and words of decisions once their time is over.

As with applications (0018): the history of an objection and the words of a decision can be changed
by nobody who works through the site, so these run with the owner's rights and look first whether
it is due and written down.
"""

from django.db import migrations

FORGET = """
CREATE OR REPLACE FUNCTION public.admissions_forget_{name}(subject uuid, {sealed})
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'admissions.{kind}' AND erasure.subject = $1::text
    ) OR NOT EXISTS (
        SELECT FROM {table} held
        JOIN admissions_round round ON round.id = held.round_id
        JOIN admissions_rounddate day ON day.round_id = round.id AND day.what = 'closing'
        WHERE held.id = $1 AND round.state = 'closed'
            AND day.ends_at + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION '{kind} %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{{' || string_agg(tgname, ',') || '}}' FROM pg_trigger
        WHERE tgrelid::regclass::text IN ({guarded}) AND NOT tgisinternal
            AND tgname ~ '^pgtrigger_(history_is_kept|seat_decision_never_changes)'
    ), true);
    {forget}
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""
OBJECTION = FORGET.format(
    name="objection",
    kind="objection",
    sealed="new_words bytea, new_answer bytea",
    table="admissions_objection",
    guarded="'admissions_objectionevent'",
    forget="".join(
        f"""
    UPDATE {table} SET words = new_words,
        answer = CASE WHEN answer IS NOT NULL THEN new_answer END WHERE id = $1;
    """
        for table in ("admissions_objection", "admissions_objectionevent")
    ),
)
DECISION = FORGET.format(
    name="decision",
    kind="seat_decision",
    sealed="new_words bytea",
    table="admissions_seatdecision",
    guarded="'admissions_seatdecision'",
    forget="UPDATE admissions_seatdecision SET words = new_words WHERE id = $1;",
)
DROP = "DROP FUNCTION public.admissions_forget_{}"


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0021_close_when_answered"),
        ("commons", "0008_retention"),
    ]

    operations = [
        migrations.RunSQL(OBJECTION, DROP.format("objection(uuid, bytea, bytea)")),
        migrations.RunSQL(DECISION, DROP.format("decision(uuid, bytea)")),
    ]
