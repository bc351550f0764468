"""Rounds of the first version are planned ones: none of their seeds was drawn in public.

Their runs stay as they are; a seed that came out of a file cannot become official any more.
"""

from django.db import migrations


def plan(apps, _schema_editor):
    apps.get_model("admissions", "Round").objects.update(state="planned", seed="")


def unplan(apps, _schema_editor):
    rounds = apps.get_model("admissions", "Round").objects
    rounds.filter(input=None).update(state="draft")
    rounds.exclude(input=None).update(state="loaded")


class Migration(migrations.Migration):
    dependencies = [("admissions", "0002_states_of_the_act")]

    operations = [migrations.RunPython(plan, unplan)]
