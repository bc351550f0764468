"""A function that brings cases of a village that went to the village it is part of today.

Where a case lies cannot be changed by the role under which the site works; this runs with the
owner's rights, and goes by the merges alone.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.aid_cases_follow_merges()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{' || string_agg(tgname, ',') || '}' FROM pg_trigger
        WHERE tgrelid = 'cases_case'::regclass AND tgname ~ '^pgtrigger_case_goes_its_way'
    ), true);
    UPDATE cases_case SET path = target.path
        FROM aid_villagemerge merge
        JOIN places_place village ON village.id = merge.village_id
        JOIN places_place target ON target.id = merge.into_id
        WHERE cases_case.kind ~ '^aid[.]' AND cases_case.path = village.path;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0021_when_merges_are_recorded"), ("cases", "0005_aid_posts")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION public.aid_cases_follow_merges()")]
