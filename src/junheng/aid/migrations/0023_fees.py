"""What an institution asks of somebody outside grades 1 to 9 for a term."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0022_cases_follow_merges'),
        ('places', '0005_aid_posts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='beneficiary',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='beneficiary',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='beneficiary',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='beneficiary',
            name='fee_fen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='fee for a term, fen'),
        ),
        migrations.AddField(
            model_name='beneficiaryevent',
            name='fee_fen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='fee for a term, fen'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='beneficiary',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "aid_beneficiaryevent" ("id", "sex", "stage", "institution", "organisation_id", "place_id", "path", "private", "degree", "boarder", "disabled", "orphan", "striving_class", "skills_certificate", "fee_fen", "valid_from", "valid_to", "batch", "entered_by_id", "entered_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context", "pgh_context_id") SELECT new_values."id", new_values."sex", new_values."stage", new_values."institution", new_values."organisation_id", new_values."place_id", new_values."path", new_values."private", new_values."degree", new_values."boarder", new_values."disabled", new_values."orphan", new_values."striving_class", new_values."skills_certificate", new_values."fee_fen", new_values."valid_from", new_values."valid_to", new_values."batch", new_values."entered_by_id", new_values."entered_at", NOW(), \'insert\', new_values."id", (SELECT NULLIF(current_setting(\'pghistory.context_metadata\', TRUE), \'\')::jsonb), (SELECT NULLIF(current_setting(\'pghistory.context_id\', TRUE), \'\')::uuid) FROM new_values; RETURN NULL;', hash='8374b29501723824500e62591e593709b8b65f1a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_02496', referencing='REFERENCING NEW TABLE AS new_values ', table='aid_beneficiary', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='beneficiary',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='EXECUTE $entry$INSERT INTO "aid_beneficiaryevent" ("id", "sex", "stage", "institution", "organisation_id", "place_id", "path", "private", "degree", "boarder", "disabled", "orphan", "striving_class", "skills_certificate", "fee_fen", "valid_from", "valid_to", "batch", "entered_by_id", "entered_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context", "pgh_context_id") SELECT new_values."id", new_values."sex", new_values."stage", new_values."institution", new_values."organisation_id", new_values."place_id", new_values."path", new_values."private", new_values."degree", new_values."boarder", new_values."disabled", new_values."orphan", new_values."striving_class", new_values."skills_certificate", new_values."fee_fen", new_values."valid_from", new_values."valid_to", new_values."batch", new_values."entered_by_id", new_values."entered_at", NOW(), \'update\', new_values."id", (SELECT NULLIF(current_setting(\'pghistory.context_metadata\', TRUE), \'\')::jsonb), (SELECT NULLIF(current_setting(\'pghistory.context_id\', TRUE), \'\')::uuid) FROM new_values LEFT JOIN old_values ON old_values."id" = new_values."id" WHERE ROW(old_values."id", old_values."sex", old_values."stage", old_values."institution", old_values."organisation_id", old_values."place_id", old_values."path", old_values."private", old_values."degree", old_values."boarder", old_values."disabled", old_values."orphan", old_values."striving_class", old_values."skills_certificate", old_values."fee_fen", old_values."valid_from", old_values."valid_to", old_values."batch", old_values."entered_by_id", old_values."entered_at") IS DISTINCT FROM ROW(new_values."id", new_values."sex", new_values."stage", new_values."institution", new_values."organisation_id", new_values."place_id", new_values."path", new_values."private", new_values."degree", new_values."boarder", new_values."disabled", new_values."orphan", new_values."striving_class", new_values."skills_certificate", new_values."fee_fen", new_values."valid_from", new_values."valid_to", new_values."batch", new_values."entered_by_id", new_values."entered_at")$entry$; RETURN NULL;', hash='00fc0fbffd2a6091a541ba45563d999f8a792559', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a8a29', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='aid_beneficiary', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='beneficiary',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "aid_beneficiaryevent" ("id", "sex", "stage", "institution", "organisation_id", "place_id", "path", "private", "degree", "boarder", "disabled", "orphan", "striving_class", "skills_certificate", "fee_fen", "valid_from", "valid_to", "batch", "entered_by_id", "entered_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context", "pgh_context_id") SELECT old_values."id", old_values."sex", old_values."stage", old_values."institution", old_values."organisation_id", old_values."place_id", old_values."path", old_values."private", old_values."degree", old_values."boarder", old_values."disabled", old_values."orphan", old_values."striving_class", old_values."skills_certificate", old_values."fee_fen", old_values."valid_from", old_values."valid_to", old_values."batch", old_values."entered_by_id", old_values."entered_at", NOW(), \'delete\', old_values."id", (SELECT NULLIF(current_setting(\'pghistory.context_metadata\', TRUE), \'\')::jsonb), (SELECT NULLIF(current_setting(\'pghistory.context_id\', TRUE), \'\')::uuid) FROM old_values; RETURN NULL;', hash='620eb4c2e264f6ee54fb86928a7e3f2a7d752019', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c470c', referencing='REFERENCING OLD TABLE AS old_values ', table='aid_beneficiary', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='beneficiary',
            constraint=models.CheckConstraint(condition=models.Q(('fee_fen', None), models.Q(('fee_fen__gte', 0), ('fee_fen__lte', 1000000000)), _connector='OR'), name='aid_beneficiary_fee'),
        ),
    ]
