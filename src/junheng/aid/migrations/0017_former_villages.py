"""A village becomes part of another from a day on; where a household lay before is written down."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0016_forget_checks'),
        ('places', '0005_aid_posts'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerVillage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(null=True, verbose_name='from')),
                ('valid_to', models.DateField(verbose_name='until')),
            ],
            options={
                'verbose_name': 'former village',
                'verbose_name_plural': 'former villages',
                'ordering': ['household', 'valid_to'],
            },
        ),
        migrations.CreateModel(
            name='VillageMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_on', models.DateField(verbose_name='from')),
                ('document', models.TextField(verbose_name='document it rests on')),
            ],
            options={
                'verbose_name': 'village merge',
                'verbose_name_plural': 'village merges',
                'ordering': ['merged_on', 'pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='household',
            name='household_in_a_village',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='leftout',
            name='left_out_goes_on',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='household_in_a_village', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM places_place WHERE id = NEW.village_id FOR KEY SHARE;\n    IF TG_OP = 'UPDATE' AND NEW.village_id <> OLD.village_id AND NOT EXISTS (\n        SELECT FROM aid_villagemerge\n            WHERE village_id = OLD.village_id AND into_id = NEW.village_id\n    ) THEN\n        RAISE EXCEPTION 'household %: it stays in its village', OLD.number\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF EXISTS (SELECT FROM aid_villagemerge WHERE village_id = NEW.village_id) THEN\n        RAISE EXCEPTION 'household %: that village is part of another one', NEW.number\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF (SELECT level FROM places_place WHERE id = NEW.village_id) IS DISTINCT FROM 'village' THEN\n        RAISE EXCEPTION 'household %: it lives in a village', NEW.number\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='8cd890cd83a6293284a8e68666654eab73233fe1', operation='INSERT OR UPDATE', pgid='pgtrigger_household_in_a_village_ef46d', table='aid_household', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='household_lay_there', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.village_id IS DISTINCT FROM NEW.village_id)', func='\n    INSERT INTO aid_formervillage (household_id, village_id, valid_from, valid_to)\n    SELECT NEW.id, OLD.village_id,\n        (SELECT max(valid_to) FROM aid_formervillage WHERE household_id = NEW.id), merged_on\n        FROM aid_villagemerge WHERE village_id = OLD.village_id AND into_id = NEW.village_id;\n    RETURN NULL;\n', hash='b10dc47ed2108ff19857e19f287a43b8de1d5d3b', operation='UPDATE', pgid='pgtrigger_household_lay_there_6ef58', table='aid_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leftout',
            trigger=pgtrigger.compiler.Trigger(name='left_out_goes_on', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.path <> OLD.path AND NOT EXISTS (\n        SELECT FROM aid_villagemerge merge\n        JOIN places_place village ON village.id = merge.village_id\n        JOIN places_place target ON target.id = merge.into_id\n        WHERE village.path = OLD.path AND target.path = NEW.path\n    ) THEN\n        RAISE EXCEPTION 'somebody left out stays in their village' USING ERRCODE = 'check_violation';\n    END IF;\n    IF OLD.state IN ('identified', 'not_in_need') AND NEW.state <> OLD.state OR ROW(OLD.run_id, OLD.rule_id, OLD.register, OLD.source, OLD.as_of, OLD.found_at) IS DISTINCT FROM ROW(NEW.run_id, NEW.rule_id, NEW.register, NEW.source, NEW.as_of, NEW.found_at) THEN\n        RAISE EXCEPTION 'what was found of somebody stays, and what was decided' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='ae2ee5ec18edc297329a21203c6298f0fc2b6af0', operation='UPDATE', pgid='pgtrigger_left_out_goes_on_e79ef', table='aid_leftout', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='formervillage',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_villages', to='aid.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='formervillage',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='village'),
        ),
        migrations.AddField(
            model_name='villagemerge',
            name='into',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='into which village'),
        ),
        migrations.AddField(
            model_name='villagemerge',
            name='village',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='village'),
        ),
        migrations.AddConstraint(
            model_name='formervillage',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('household_id'), models.F('household_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), function='daterange'), '&&')], name='aid_former_village_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='formervillage',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='aid_former_village_dates'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formervillage',
            trigger=pgtrigger.compiler.Trigger(name='former_village_is_not_made_up', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() < 1)', func="RAISE EXCEPTION 'where a household lay is written down when it goes';", hash='7691611218207adf1a8416793d1144f28fc7c2a0', operation='INSERT', pgid='pgtrigger_former_village_is_not_made_up_a1cdb', table='aid_formervillage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formervillage',
            trigger=pgtrigger.compiler.Trigger(name='former_village_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'a former_village never changes';", hash='d3fcb2013cdc19b514d16dc889b1ed07634d6edc', operation='UPDATE OR DELETE', pgid='pgtrigger_former_village_never_changes_20ce7', table='aid_formervillage', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='villagemerge',
            constraint=models.CheckConstraint(condition=models.Q(('village', models.F('into')), _negated=True), name='aid_merge_into_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='villagemerge',
            trigger=pgtrigger.compiler.Trigger(name='merge_is_agreed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM places_place WHERE id IN (NEW.village_id, NEW.into_id) ORDER BY id FOR UPDATE;\n    IF NOT EXISTS (\n        SELECT FROM commons_approval WHERE kind = 'aid.merge_villages' AND state = 'agreed'\n            AND reason = NEW.document AND payload = jsonb_build_object(\n                'from', NEW.village_id, 'to', NEW.into_id, 'on', NEW.merged_on::text)\n    ) THEN\n        RAISE EXCEPTION 'a village becomes part of another by two people'\n            USING ERRCODE = 'check_violation';\n    END IF;\n    IF NEW.merged_on > (now() AT TIME ZONE 'Asia/Shanghai')::date OR EXISTS (\n        SELECT FROM aid_villagemerge earlier WHERE earlier.village_id = NEW.into_id\n            OR earlier.into_id = NEW.village_id AND earlier.merged_on >= NEW.merged_on\n    ) THEN\n        RAISE EXCEPTION 'a village goes where there is one, after what came to it, not before today'\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='521d6a9b63b35a0fe1977864fa13592fcf4aab7b', operation='INSERT', pgid='pgtrigger_merge_is_agreed_b3d1d', table='aid_villagemerge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='villagemerge',
            trigger=pgtrigger.compiler.Trigger(name='merge_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'a merge never changes';", hash='ae0d2ea783268339128ebc06163284422dfb20c9', operation='UPDATE OR DELETE', pgid='pgtrigger_merge_never_changes_3dc76', table='aid_villagemerge', when='BEFORE')),
        ),
    ]
