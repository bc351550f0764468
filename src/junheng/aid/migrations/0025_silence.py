"""Why a service gave no answer to a question of a check."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0024_scans_go_by_two'),
        ('evidence', '0006_means_as_services'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='checkquestion',
            name='question_is_signed_for',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='checkquestion',
            name='question_is_answered',
        ),
        migrations.RemoveConstraint(
            model_name='checkquestion',
            name='aid_question_answer_whole',
        ),
        migrations.AddField(
            model_name='checkquestion',
            name='silence',
            field=models.CharField(blank=True, choices=[('slow', 'did not answer in time'), ('down', 'could not be reached'), ('failing', 'said that it failed'), ('refuses', 'refused our request'), ('unreadable', 'answered in a way that cannot be read'), ('wrong_person', 'answered about somebody else'), ('not_described', 'its description is not valid'), ('paused', 'was left alone after failing again and again')], default='', max_length=15, verbose_name='why it was silent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkquestion',
            trigger=pgtrigger.compiler.Trigger(name='question_is_signed_for', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE today date;', func="\n    \n    today := (now() AT TIME ZONE 'Asia/Shanghai')::date;\n    PERFORM 1 FROM aid_checkauthorisation signed\n        WHERE signed.id = NEW.authorisation_id AND signed.household_id = NEW.household_id\n            AND NEW.register = ANY(signed.registers) AND signed.withdrawn_at IS NULL\n            AND signed.valid_from <= today AND signed.valid_to > today FOR SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'a household is checked only as it has signed for' USING ERRCODE = 'check_violation';\n    END IF;\n\n    IF NOT EXISTS (SELECT FROM aid_checkrule WHERE connection_id = NEW.connection_id\n            AND register = NEW.register AND speaks = 'against' AND valid_from <= today\n            AND (valid_to IS NULL OR valid_to > today))\n        OR NOT EXISTS (SELECT FROM evidence_connection WHERE id = NEW.connection_id\n            AND way = 'service' AND ended_on IS NULL)\n        OR NOT EXISTS (SELECT FROM aid_householdmember\n            WHERE id = NEW.member_id AND household_id = NEW.household_id)\n        OR NEW.answered_at IS NOT NULL OR NEW.silence <> '' THEN\n        RAISE EXCEPTION 'a service is asked by a rule, about a member of its household' USING ERRCODE = 'check_violation';\n    END IF;\n    NEW.asked_at = clock_timestamp();\n    RETURN NEW;\n", hash='d2c3f904c85505744fa8084fff224a8150657321', operation='INSERT', pgid='pgtrigger_question_is_signed_for_d7cba', table='aid_checkquestion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkquestion',
            trigger=pgtrigger.compiler.Trigger(name='question_is_answered', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE today date;', func="\n    IF TG_OP = 'DELETE' OR ROW(OLD.run_id, OLD.household_id, OLD.member_id, OLD.connection_id, OLD.authorisation_id, OLD.register, OLD.day, OLD.described, OLD.asked_at) IS DISTINCT FROM ROW(NEW.run_id, NEW.household_id, NEW.member_id, NEW.connection_id, NEW.authorisation_id, NEW.register, NEW.day, NEW.described, NEW.asked_at)\n        OR ((OLD.answered_at IS NOT NULL OR OLD.silence <> '') AND ROW(OLD.answered_at, OLD.as_of, OLD.digest, OLD.silence) IS DISTINCT FROM ROW(NEW.answered_at, NEW.as_of, NEW.digest, NEW.silence)) THEN\n        RAISE EXCEPTION 'what was asked stays, and what came back' USING ERRCODE = 'check_violation';\n    END IF;\n    IF OLD.answered_at IS NULL AND NEW.silence = '' THEN\n        \n    today := (now() AT TIME ZONE 'Asia/Shanghai')::date;\n    PERFORM 1 FROM aid_checkauthorisation signed\n        WHERE signed.id = NEW.authorisation_id AND signed.household_id = NEW.household_id\n            AND NEW.register = ANY(signed.registers) AND signed.withdrawn_at IS NULL\n            AND signed.valid_from <= today AND signed.valid_to > today FOR SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'a household is checked only as it has signed for' USING ERRCODE = 'check_violation';\n    END IF;\n\n        NEW.answered_at = clock_timestamp();\n    END IF;\n    RETURN NEW;\n", hash='47d4e9400b0817d015aaa584f4cd18e0d7974380', operation='UPDATE OR DELETE', pgid='pgtrigger_question_is_answered_32fa7', table='aid_checkquestion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='checkquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('as_of', None), ('digest', ''), ('sealed', None)), models.Q(('answered_at__isnull', False), ('as_of__isnull', False), ('silence', ''), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='aid_question_answer_whole'),
        ),
        migrations.AddConstraint(
            model_name='checkquestion',
            constraint=models.CheckConstraint(condition=models.Q(('silence__in', ['', 'slow', 'down', 'failing', 'refuses', 'unreadable', 'wrong_person', 'not_described', 'paused'])), name='aid_question_silence'),
        ),
    ]
