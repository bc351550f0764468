"""A function that undoes a merge of villages which two people agreed to undo.

Where a household lay, and that a village became part of another one, never changes for the role
under which the site works; this runs with the owner's rights, and only on their agreed step.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION public.aid_undo_merge(undone bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    merge record;
BEGIN
    SELECT one.*, village.path AS from_path, target.path AS to_path INTO merge
        FROM aid_villagemerge one
        JOIN places_place village ON village.id = one.village_id
        JOIN places_place target ON target.id = one.into_id
        WHERE one.id = undone;
    IF merge.id IS NULL OR NOT EXISTS (
        SELECT FROM commons_approval WHERE kind = 'aid.undo_merge' AND state = 'agreed'
            AND asked_by_id <> decided_by_id AND reason <> '' AND payload = jsonb_build_object(
                'merge', merge.id, 'from', merge.village_id, 'to', merge.into_id)
    ) THEN
        RAISE EXCEPTION 'a merge of villages is undone by two people'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM places_place
        WHERE id IN (merge.village_id, merge.into_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM aid_villagemerge later WHERE later.village_id = merge.into_id)
        OR EXISTS (
            SELECT FROM aid_formervillage lay
            WHERE lay.village_id = merge.village_id AND lay.valid_to = merge.merged_on AND (
                EXISTS (SELECT FROM aid_householdreview review
                    WHERE review.household_id = lay.household_id
                        AND review.proposed_at >= merge.recorded_at)
                OR EXISTS (SELECT FROM aid_householdvisit visit
                    WHERE visit.household_id = lay.household_id
                        AND visit.opened_at >= merge.recorded_at))
        ) THEN
        RAISE EXCEPTION 'what stands on a merge is not taken from under it'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('pgtrigger.ignore', (
        SELECT '{' || string_agg(tgname, ',') || '}' FROM pg_trigger WHERE tgname ~ (
            '^pgtrigger_(household_in_a_village|household_lay_there|former_village_never_changes'
            '|merge_never_changes|left_out_goes_on|case_goes_its_way)')
    ), true);
    UPDATE aid_household home SET village_id = merge.village_id
        FROM aid_formervillage lay
        WHERE lay.household_id = home.id AND lay.village_id = merge.village_id
            AND lay.valid_to = merge.merged_on AND home.village_id = merge.into_id;
    DELETE FROM aid_formervillage
        WHERE village_id = merge.village_id AND valid_to = merge.merged_on;
    WITH RECURSIVE came(id) AS (
        SELECT merge.village_id
        UNION SELECT one.village_id FROM aid_villagemerge one JOIN came ON one.into_id = came.id
    )
    UPDATE aid_leftout SET path = merge.from_path
        WHERE path = merge.to_path AND place_id IN (SELECT id FROM came);
    UPDATE cases_case SET path = merge.from_path
        WHERE path = merge.to_path AND (
            kind = 'aid.household_visit' AND subject IN (
                SELECT visit.number FROM aid_householdvisit visit
                JOIN aid_household home ON home.id = visit.household_id
                WHERE home.village_id = merge.village_id)
            OR kind = 'aid.left_out' AND subject IN (
                SELECT id::text FROM aid_leftout WHERE path = merge.from_path));
    DELETE FROM aid_villagemerge WHERE id = undone;
    PERFORM set_config('pgtrigger.ignore', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0025_silence"), ("cases", "0005_aid_posts")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION public.aid_undo_merge(bigint)")]
