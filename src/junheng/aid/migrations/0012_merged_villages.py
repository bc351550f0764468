"""Households go to another village by two people."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('aid', '0011_striving_class')]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='household',
            name='household_in_a_village',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='household_in_a_village', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND NEW.village_id <> OLD.village_id AND NOT EXISTS (\n        SELECT FROM commons_approval WHERE kind = 'aid.merge_villages' AND state = 'agreed'\n            AND payload ->> 'from' = OLD.village_id::text\n            AND payload ->> 'to' = NEW.village_id::text\n    ) THEN\n        RAISE EXCEPTION 'household %: it stays in its village', OLD.number\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF (SELECT level FROM places_place WHERE id = NEW.village_id) IS DISTINCT FROM 'village' THEN\n        RAISE EXCEPTION 'household %: it lives in a village', NEW.number\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='dd3f1fc02f49177f1a3922fd244e93632020e0da', operation='INSERT OR UPDATE', pgid='pgtrigger_household_in_a_village_ef46d', table='aid_household', when='BEFORE')),
        ),
    ]
