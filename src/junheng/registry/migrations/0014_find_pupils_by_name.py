"""Search keys for the pupils that are there already."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SEVERAL = 1_000


def make_keys(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    from junheng.registry.models.search import key_rows

    pupils, keys = (apps.get_model("registry", name) for name in ("Pupil", "PupilSearchKey"))
    rows = pupils.objects.order_by("pk").only("pk", "organisation_id", "name")
    named = ((row.pk, row.organisation_id, row.name) for row in rows.iterator(SEVERAL))
    keys.objects.bulk_create(
        (
            keys(pupil_id=pupil, part=part, organisation_id=organisation, token=token)
            for pupil, part, organisation, token in key_rows(named)
        ),
        batch_size=SEVERAL,
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_search_keys")]

    operations = [migrations.RunPython(make_keys, migrations.RunPython.noop)]
