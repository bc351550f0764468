"""The function that empties a household of long ago takes visits and hits along."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("junheng.aid.migrations.0003_forget_households").CREATE
IGNORED = "measures_end|review_state|findings_stay|step_stays"
LAST = "    PERFORM set_config('pgtrigger.ignore', '', true);\n"
VISITS = """
    UPDATE aid_householdvisit SET said = NULL, seen = NULL, reply = NULL, words = NULL
        WHERE household_id = $1;
    UPDATE aid_checkhit SET sealed = NULL, mark = '' WHERE household_id = $1;
"""
AFTER = BEFORE.replace(IGNORED, f"{IGNORED}|visit_goes_on|hit_is_judged").replace(
    LAST, f"{VISITS}{LAST}"
)


class Migration(migrations.Migration):
    dependencies = [("aid", "0015_checks")]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
