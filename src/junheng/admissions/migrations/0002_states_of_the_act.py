"""Rounds get the states of the act; what stood against that goes first."""

import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("admissions", "0001_initial")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="round", name="round_seed_once"),
        migrations.RemoveConstraint(model_name="round", name="round_past_draft_has_input"),
    ]
