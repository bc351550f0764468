"""A function that takes who it was from a household of long ago, words and history included.

History cannot be changed by the role under which the site works; this runs with the owner's
rights, and looks first whether it is due and written down. Number, village, statuses with their
days and amounts stay for the counts.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.aid_forget_household(subject bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reviews bigint[];
    tail text;
BEGIN
    IF NOT EXISTS (
        SELECT FROM commons_erasure erasure
        WHERE erasure.kind = 'aid.household' AND erasure.subject = $1::text
    ) OR EXISTS (
        SELECT FROM aid_householdstatus status WHERE status.household_id = $1
            AND (status.valid_to IS NULL OR status.valid_to + interval '30 days' > clock_timestamp())
    ) OR NOT EXISTS (
        SELECT FROM aid_household home
        WHERE home.id = $1 AND home.entered_on + interval '30 days' <= clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'household %: it is not due to be deleted', $1
            USING ERRCODE = 'check_violation';
    END IF;
    reviews := ARRAY(SELECT id FROM aid_householdreview WHERE household_id = $1);
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{' || string_agg(tgname, ',') || '}' FROM pg_trigger
        WHERE tgrelid::regclass::text ~ '^aid_' AND NOT tgisinternal
            AND tgname ~ '^pgtrigger_(history_is_kept|measures_end|review_state|findings_stay|step_stays)'
    ), true);
    FOREACH tail IN ARRAY ARRAY['', 'event'] LOOP
        EXECUTE format('UPDATE %I SET name = NULL, resident_id = NULL, resident_id_key = '''',
            born_on = NULL, sex = '''', able_to_work = NULL, pupil_id = NULL
            WHERE household_id = $1', 'aid_householdmember' || tail) USING $1;
        EXECUTE format('UPDATE %I SET plan = '''', responsible = ''–'' WHERE household_id = $1',
            'aid_measureset' || tail) USING $1;
        EXECUTE format('UPDATE %I SET words = ''–'' WHERE household_id = $1',
            'aid_householdreview' || tail) USING $1;
        EXECUTE format('UPDATE %I SET evidence = ''–'' WHERE review_id = ANY($1)',
            'aid_criterionfound' || tail) USING reviews;
        EXECUTE format('UPDATE %I SET words = CASE WHEN words = '''' THEN '''' ELSE ''–'' END
            WHERE review_id = ANY($1)', 'aid_reviewstep' || tail) USING reviews;
        EXECUTE format('UPDATE %I SET reason = CASE WHEN reason = '''' THEN '''' ELSE ''–'' END
            WHERE household_id = $1', 'aid_householdhelp' || tail) USING $1;
    END LOOP;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0002_households"), ("commons", "0008_retention")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION public.aid_forget_household(bigint)")]
