"""On which days a finding in the register stood open, written as it happens."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0026_standings_in_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='FindingStretch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('open_from', models.DateField(verbose_name='from')),
                ('open_to', models.DateField(null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'finding stretch',
                'verbose_name_plural': 'finding stretches',
                'ordering': ['finding', 'open_from'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='integrityfinding',
            trigger=pgtrigger.compiler.Trigger(name='finding_stands_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN\n        RETURN NULL;\n    END IF;\n    IF TG_OP = 'UPDATE' AND OLD.state = 'open' THEN\n        UPDATE registry_findingstretch SET open_to = greatest(open_from, \n    CASE NEW.state WHEN 'mended' THEN NEW.last_on + 1\n        ELSE (NEW.marked_at AT TIME ZONE 'Asia/Shanghai')::date END\n)\n            WHERE finding_id = NEW.id AND open_to IS NULL;\n    ELSIF TG_OP = 'INSERT' OR NEW.state = 'open' THEN\n        INSERT INTO registry_findingstretch (finding_id, open_from, open_to)\n        VALUES (NEW.id, CASE TG_OP WHEN 'INSERT' THEN NEW.first_on ELSE NEW.last_on END,\n            CASE NEW.state WHEN 'open' THEN NULL ELSE greatest(NEW.first_on, \n    CASE NEW.state WHEN 'mended' THEN NEW.last_on + 1\n        ELSE (NEW.marked_at AT TIME ZONE 'Asia/Shanghai')::date END\n) END);\n    END IF;\n    RETURN NULL;\n", hash='959b2ab65197585cf8d51078bd6e9fc2c42c7a09', operation='INSERT OR UPDATE', pgid='pgtrigger_finding_stands_open_c2128', table='registry_integrityfinding', when='AFTER')),
        ),
        migrations.AddField(
            model_name='findingstretch',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stretches', to='registry.integrityfinding', verbose_name='finding in the register'),
        ),
        migrations.AddConstraint(
            model_name='findingstretch',
            constraint=models.UniqueConstraint(condition=models.Q(('open_to', None)), fields=('finding',), name='registry_stretch_open_once'),
        ),
        migrations.AddConstraint(
            model_name='findingstretch',
            constraint=models.CheckConstraint(condition=models.Q(('open_to', None), ('open_to__gte', models.F('open_from')), _connector='OR'), name='registry_stretch_dates'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='findingstretch',
            trigger=pgtrigger.compiler.Trigger(name='stretch_is_not_made_up', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() < 1)', func="RAISE EXCEPTION 'when a finding stood open is written as it happens';", hash='65b2a42b3194fc77100f8a7003dd1630d66edb2f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_stretch_is_not_made_up_d8da0', table='registry_findingstretch', when='BEFORE')),
        ),
    ]
