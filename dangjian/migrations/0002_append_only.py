"""The database itself refuses to change or delete what the audit trail holds."""

from django.db import migrations

TABLES = ("dangjian_auditentry", "dangjian_auditseal")


def protect(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION dangjian_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'audit rows are append-only'; END $$"
            )
            for table in TABLES:
                cursor.execute(
                    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION dangjian_append_only()"
                )
        else:
            for table, key in zip(TABLES, ("id", "sequence"), strict=True):
                # INSERT OR REPLACE would delete without asking the delete trigger.
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                    f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
                    "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
                )
                for verb in ("UPDATE", "DELETE"):
                    cursor.execute(
                        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                        "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
                    )


def release(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION dangjian_append_only() CASCADE")
        else:
            for table in TABLES:
                for verb in ("update", "delete", "replace"):
                    cursor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("dangjian", "0001_first")]
    operations = [migrations.RunPython(protect, release)]
