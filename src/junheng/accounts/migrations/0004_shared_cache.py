"""The table of the cache that all processes share (CACHES in the settings)."""

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_end_all_sessions")]

    operations = [migrations.RunPython(make_cache_table, migrations.RunPython.noop)]
