"""The function that empties a household of long ago takes the numbers of its papers along."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("junheng.aid.migrations.0016_forget_checks")
PAPERS = """
    UPDATE aid_checkauthorisation SET paper = '–' WHERE household_id = $1;
    UPDATE aid_checkauthorisationevent SET paper = '–' WHERE household_id = $1;
"""
AFTER = BEFORE.AFTER.replace("|hit_is_judged", "|hit_is_judged|authorisation_stays").replace(
    BEFORE.LAST, f"{PAPERS}{BEFORE.LAST}"
)


class Migration(migrations.Migration):
    dependencies = [("aid", "0018_withdrawn_at")]

    operations = [migrations.RunSQL(AFTER, BEFORE.AFTER)]
