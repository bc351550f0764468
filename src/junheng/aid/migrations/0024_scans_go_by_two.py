"""A scan of what a household signed goes by two people."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0023_fees'),
        ('commons', '0009_forget_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignedScan',
            fields=[
            ],
            options={
                'verbose_name': 'signed scan',
                'verbose_name_plural': 'signed scans',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('commons.upload',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signedscan',
            trigger=pgtrigger.compiler.Trigger(name='scan_goes_by_two', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF OLD.state = 'ready' AND starts_with(OLD.subject, 'aid.authorisation:')\n        AND (TG_OP = 'DELETE' OR NEW.state = 'removed') THEN\n        IF EXISTS (SELECT FROM aid_checkauthorisation signed\n                JOIN aid_householdmember signer ON signer.id = signed.signed_by_id\n                WHERE signed.ref = split_part(OLD.subject, ':', 2)::uuid\n                    AND signer.name IS NOT NULL)\n            AND (TG_OP = 'DELETE' OR NOT EXISTS (SELECT FROM commons_approval\n                WHERE kind = 'aid.scan_removal' AND state = 'agreed'\n                    AND payload ->> 'scan' = OLD.id::text\n                    AND decided_by_id = NEW.removed_by_id AND asked_by_id <> decided_by_id)) THEN\n            RAISE EXCEPTION 'a scan of what a household signed is removed by two people'\n                USING ERRCODE = 'check_violation';\n        END IF;\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='f95cb08ea5d7fc9fd47ac20a8c6edf765289f1a1', operation='UPDATE OR DELETE', pgid='pgtrigger_scan_goes_by_two_3e6f5', table='commons_upload', when='BEFORE')),
        ),
    ]
