"""When the findings that are there already stood open, as far as their rows tell."""

from django.db import migrations

FILL = """
SELECT set_config('pgtrigger.ignore', (
    SELECT '{' || string_agg(tgname, ',') || '}' FROM pg_trigger
    WHERE tgrelid = 'registry_findingstretch'::regclass AND NOT tgisinternal
), true);
INSERT INTO registry_findingstretch (finding_id, open_from, open_to)
SELECT id, first_on, CASE state WHEN 'open' THEN NULL WHEN 'mended' THEN last_on + 1
    ELSE greatest(first_on, (marked_at AT TIME ZONE 'Asia/Shanghai')::date) END
FROM registry_integrityfinding;
SELECT set_config('pgtrigger.ignore', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0027_finding_stretches")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
