"""What was paid too little is completed, and what was paid too much comes back."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0012_merged_villages'),
        ('places', '0005_aid_posts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('path', models.TextField(db_collation='C', verbose_name='path')),
                ('subject', models.CharField(max_length=36, verbose_name='whom it is for')),
                ('policy', models.CharField(max_length=60, verbose_name='aid policy')),
                ('for_day', models.DateField(verbose_name='counting day')),
                ('fen', models.BigIntegerField(verbose_name='amount')),
                ('on', models.DateField(verbose_name='on')),
                ('paper', models.CharField(max_length=200, verbose_name='document it rests on')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
            ],
            options={
                'verbose_name': 'recovery',
                'verbose_name_plural': 'recoveries',
                'ordering': ['-at', 'id'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='paymentline',
            name='line_into_a_draft',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='paymentline',
            name='line_stays',
        ),
        migrations.RemoveConstraint(
            model_name='paymentline',
            name='aid_line_paid_once',
        ),
        migrations.AddField(
            model_name='paymentline',
            name='supplements',
            field=models.BooleanField(default=False, verbose_name='supplement'),
        ),
        migrations.AddIndex(
            model_name='paymentline',
            index=models.Index(fields=['subject', 'policy', 'for_day'], name='aid_line_key'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentline',
            trigger=pgtrigger.compiler.Trigger(name='line_into_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE batch aid_paymentbatch; settled BIGINT; due BIGINT;', func="\n    SELECT * INTO batch FROM aid_paymentbatch WHERE id = NEW.batch_id FOR SHARE;\n    IF batch.state <> 'draft' THEN\n        RAISE EXCEPTION 'batch %: lines come into a draft', batch.number;\n    END IF;\n    IF NOT EXISTS (\n        SELECT FROM aid_budgetline WHERE id = NEW.budget_id AND policy = NEW.policy\n            AND source = batch.source AND path = batch.path\n    ) OR NOT starts_with(NEW.path, batch.path) THEN\n        RAISE EXCEPTION 'a line is paid out of the budget of its policy, source and place';\n    END IF;\n    IF NEW.supplements THEN\n        \n    PERFORM pg_advisory_xact_lock(hashtextextended('aid: what was paid', 0));\n    \n    SELECT COALESCE((SELECT sum(fen) FROM aid_paymentline WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day AND follows_id IS NULL), 0)\n        + COALESCE((SELECT sum(fen) FROM aid_formerpayment WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day), 0)\n        - COALESCE((SELECT sum(fen) FROM aid_recovery WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day), 0) INTO settled;\n\n    SELECT entitlement.fen INTO due FROM aid_entitlement AS entitlement\n        JOIN commons_run AS run ON run.id = entitlement.run_id\n        JOIN places_place AS county ON county.id = batch.place_id\n        WHERE run.matter = 'aid ' || batch.period || ' ' || county.code\n            AND run.published_at IS NOT NULL AND run.superseded_at IS NULL\n            AND entitlement.subject = NEW.subject::uuid AND entitlement.policy = NEW.policy\n            AND entitlement.for_day = NEW.for_day AND entitlement.answer = 0;\n    IF due IS NULL OR settled + NEW.fen > due OR NOT EXISTS (\n        SELECT FROM aid_paymentline WHERE subject = NEW.subject AND policy = NEW.policy\n            AND for_day = NEW.for_day\n        UNION ALL SELECT FROM aid_formerpayment WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day\n    ) THEN\n        RAISE EXCEPTION 'a supplement pays what is missing of what is due, and no more';\n    END IF;\n    RETURN NEW;\n\n    END IF;\n    IF NEW.follows_id IS NULL THEN\n        IF EXISTS (\n            SELECT FROM aid_formerpayment WHERE subject = NEW.subject AND policy = NEW.policy\n                AND for_day = NEW.for_day\n        ) THEN\n            RAISE EXCEPTION 'a former system has paid this already';\n        END IF;\n        IF EXISTS (\n            SELECT FROM aid_paymentline WHERE subject = NEW.subject AND policy = NEW.policy\n                AND for_day = NEW.for_day AND supplements\n        ) THEN\n            RAISE EXCEPTION 'what is missing here is paid by a supplement';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF NOT EXISTS (\n        SELECT FROM aid_paymentline AS line\n        JOIN aid_paymentoutcome AS outcome ON outcome.line_id = line.id\n        WHERE line.id = NEW.follows_id AND line.subject = NEW.subject\n            AND line.policy = NEW.policy AND line.for_day = NEW.for_day\n            AND line.budget_id = NEW.budget_id AND line.fen - outcome.paid_fen = NEW.fen\n    ) THEN\n        RAISE EXCEPTION 'a line that follows pays exactly what came back';\n    END IF;\n    RETURN NEW;\n", hash='184ca964c220667e2434b1826b3065bfe62d2f9b', operation='INSERT', pgid='pgtrigger_line_into_a_draft_258f8', table='aid_paymentline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentline',
            trigger=pgtrigger.compiler.Trigger(name='line_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF ROW(NEW.id, NEW.batch_id, NEW.number, NEW.subject, NEW.policy, NEW.for_day, NEW.fen,\n        NEW.budget_id, NEW.organisation_id, NEW.path, NEW.follows_id, NEW.supplements,\n        NEW.account_kind)\n        IS DISTINCT FROM ROW(OLD.id, OLD.batch_id, OLD.number, OLD.subject, OLD.policy,\n        OLD.for_day, OLD.fen, OLD.budget_id, OLD.organisation_id, OLD.path, OLD.follows_id,\n        OLD.supplements, OLD.account_kind) OR NOT EXISTS (\n        SELECT FROM aid_paymentbatch WHERE id = OLD.batch_id\n            AND closed_at < clock_timestamp() - INTERVAL '1 year'\n    ) OR NEW.account_key <> ''\n        OR num_nonnulls(NEW.name, NEW.holder, NEW.account, NEW.holder_id) > 0 THEN\n        RAISE EXCEPTION 'a payment line never changes; its names are emptied when due';\n    END IF;\n    RETURN NEW;\n", hash='98b6b1853afec8e23035657fcac1e6a587d5142e', operation='UPDATE', pgid='pgtrigger_line_stays_c00bd', table='aid_paymentline', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='paymentline',
            constraint=models.UniqueConstraint(condition=models.Q(('follows', None), ('supplements', False)), fields=('subject', 'policy', 'for_day'), name='aid_line_paid_once'),
        ),
        migrations.AddConstraint(
            model_name='paymentline',
            constraint=models.CheckConstraint(condition=models.Q(('follows', None), ('supplements', False), _connector='OR'), name='aid_line_one_kind'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='agreed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='term',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recoveries', to='aid.aidterm', verbose_name='term'),
        ),
        migrations.AddIndex(
            model_name='recovery',
            index=models.Index(fields=['term', '-at', 'id'], name='aid_recovery_list'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='aid_recovery_amount'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.UniqueConstraint(fields=('subject', 'policy', 'for_day', 'paper'), name='aid_recovery_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recovery',
            trigger=pgtrigger.compiler.Trigger(name='recovery_by_two', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE arrived BIGINT;', func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('aid: what was paid', 0));\n    IF NOT EXISTS (\n        SELECT FROM commons_approval WHERE kind = 'aid.recovery' AND state = 'agreed'\n            AND payload ->> 'recovery' = NEW.id::text AND asked_by_id = NEW.asked_by_id\n            AND decided_by_id = NEW.agreed_by_id AND payload ->> 'fen' = NEW.fen::text\n            AND payload ->> 'subject' = NEW.subject AND payload ->> 'policy' = NEW.policy\n    ) THEN\n        RAISE EXCEPTION 'two people write down that money came back';\n    END IF;\n    IF (SELECT closed_at FROM aid_aidterm WHERE id = NEW.term_id FOR SHARE) IS NOT NULL THEN\n        RAISE EXCEPTION 'a term that is closed stays closed';\n    END IF;\n    SELECT COALESCE((SELECT sum(outcome.paid_fen) FROM aid_paymentoutcome AS outcome\n            JOIN aid_paymentline AS line ON line.id = outcome.line_id\n            WHERE line.subject = NEW.subject AND line.policy = NEW.policy\n                AND line.for_day = NEW.for_day), 0)\n        + COALESCE((SELECT sum(fen) FROM aid_formerpayment WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day), 0)\n        - COALESCE((SELECT sum(fen) FROM aid_recovery WHERE subject = NEW.subject\n            AND policy = NEW.policy AND for_day = NEW.for_day), 0) INTO arrived;\n    IF NEW.fen > arrived THEN\n        RAISE EXCEPTION 'no more comes back than reached its account';\n    END IF;\n    RETURN NEW;\n", hash='50fb704c341c46c6af2ddac4ddd889346931c9da', operation='INSERT', pgid='pgtrigger_recovery_by_two_82cf9', table='aid_recovery', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recovery',
            trigger=pgtrigger.compiler.Trigger(name='recovery_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'a recovery never changes';", hash='a8f09c9dfc80572620b0baf70c6fb80afa867a7a', operation='UPDATE OR DELETE', pgid='pgtrigger_recovery_never_changes_67a1c', table='aid_recovery', when='BEFORE')),
        ),
    ]
