"""PostgreSQL: emptying a table at once asks no row's trigger, so that the table itself refuses it too."""

from django.db import migrations

TABLES = ("dangjian_auditentry", "dangjian_auditseal")


def protect(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite knows no TRUNCATE: its DELETE asks the trigger of each row.
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION dangjian_append_only()"
        )


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


class Migration(migrations.Migration):
    dependencies = [("dangjian", "0003_administrators_apart")]
    operations = [migrations.RunPython(protect, release)]
