"""What a family says of an answer is forgotten with its objection (see 0022)."""

from importlib import import_module

from django.db import migrations

before = import_module("junheng.admissions.migrations.0022_forget_objections")
FORGET = before.FORGET.format(
    name="objection",
    kind="objection",
    sealed="new_words bytea, new_answer bytea, new_remark bytea",
    table="admissions_objection",
    guarded="'admissions_objectionevent'",
    forget="".join(
        f"""
    UPDATE {table} SET words = new_words,
        answer = CASE WHEN answer IS NOT NULL THEN new_answer END,
        remark = CASE WHEN remark IS NOT NULL THEN new_remark END WHERE id = $1;
    """
        for table in ("admissions_objection", "admissions_objectionevent")
    ),
)
DROP = before.DROP.format("objection(uuid, bytea, bytea{})")


class Migration(migrations.Migration):
    dependencies = [("admissions", "0024_satisfied_with_the_answer")]

    operations = [
        migrations.RunSQL(DROP.format(""), before.OBJECTION),
        migrations.RunSQL(FORGET, DROP.format(", bytea")),
    ]
