"""When a merge of villages was agreed to, beside the day from which it holds."""

import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0020_questions_to_services'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='villagemerge',
            name='merge_is_agreed',
        ),
        migrations.AddField(
            model_name='villagemerge',
            name='recorded_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded at'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='villagemerge',
            trigger=pgtrigger.compiler.Trigger(name='merge_is_agreed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM places_place WHERE id IN (NEW.village_id, NEW.into_id) ORDER BY id FOR UPDATE;\n    IF NOT EXISTS (\n        SELECT FROM commons_approval WHERE kind = 'aid.merge_villages' AND state = 'agreed'\n            AND reason = NEW.document AND payload = jsonb_build_object(\n                'from', NEW.village_id, 'to', NEW.into_id, 'on', NEW.merged_on::text)\n    ) THEN\n        RAISE EXCEPTION 'a village becomes part of another by two people'\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF NEW.merged_on > (now() AT TIME ZONE 'Asia/Shanghai')::date OR EXISTS (\n        SELECT FROM aid_villagemerge earlier WHERE earlier.village_id = NEW.into_id\n            OR earlier.into_id = NEW.village_id AND earlier.merged_on >= NEW.merged_on\n    ) THEN\n        RAISE EXCEPTION 'a village goes where there is one, after what came to it, not before today'\n            USING ERRCODE = 'check_violation';\n    END IF;\n    NEW.recorded_at = now();\n    RETURN NEW;\n", hash='67514a8494e23274fc3d9f3d8a54a44260074c7a', operation='INSERT', pgid='pgtrigger_merge_is_agreed_b3d1d', table='aid_villagemerge', when='BEFORE')),
        ),
    ]
