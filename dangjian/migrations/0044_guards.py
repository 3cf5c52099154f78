"""What the database itself refuses, whatever a program does.

The audit trail is never changed, deleted or emptied. 三员分设: an administrator's office stands beside no other office of
the same person and day.
"""

from django.db import migrations

TABLES = ("dangjian_auditentry", "dangjian_auditseal")


def keep_the_trail(apps, schema_editor):
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


def release_the_trail(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION dangjian_append_only() CASCADE")
        else:
            for table in TABLES:
                for verb in ("update", "delete", "replace"):
                    cursor.execute(f"DROP TRIGGER {table}_no_{verb}")


CLASH = """
    SELECT 1 FROM dangjian_appointment held
    WHERE held.person_id = NEW.person_id AND held.id <> NEW.id AND held.role <> NEW.role
    AND (held.role IN ('system_admin', 'security_admin', 'audit_admin')
         OR NEW.role IN ('system_admin', 'security_admin', 'audit_admin'))
    AND (NEW.ends_on IS NULL OR held.starts_on <= NEW.ends_on)
    AND (held.ends_on IS NULL OR held.ends_on >= NEW.starts_on)
"""
POSTGRESQL = f"""
CREATE FUNCTION dangjian_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two appointments of one person at the same moment queue here, so that each sees the other.
    PERFORM 1 FROM dangjian_person WHERE id = NEW.person_id FOR UPDATE;
    IF EXISTS ({CLASH}) THEN
        RAISE EXCEPTION 'administrators hold no other office' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dangjian_administrators_apart BEFORE INSERT OR UPDATE ON dangjian_appointment
FOR EACH ROW EXECUTE FUNCTION dangjian_administrators_apart();
"""
SQLITE = """
CREATE TRIGGER dangjian_administrators_apart_{verb} AFTER {verb} ON dangjian_appointment WHEN EXISTS ({clash})
BEGIN SELECT RAISE(ABORT, 'administrators hold no other office'); END
"""


def part(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
        else:
            for verb in ("INSERT", "UPDATE"):
                cursor.execute(SQLITE.format(verb=verb, clash=CLASH))


def join(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION dangjian_administrators_apart() CASCADE")
        else:
            for verb in ("INSERT", "UPDATE"):
                cursor.execute(f"DROP TRIGGER dangjian_administrators_apart_{verb}")


def refuse_to_be_emptied(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite knows no TRUNCATE: its DELETE asks the trigger of each row.
    # Emptying a table at once asks no row's trigger, so that the table itself refuses it too.
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION dangjian_append_only()"
        )


def let_be_emptied(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


class Migration(migrations.Migration):
    replaces = [
        ("dangjian", "0002_append_only"),
        ("dangjian", "0003_administrators_apart"),
        ("dangjian", "0004_no_truncate"),
    ]
    dependencies = [("dangjian", "0043_tables")]
    operations = [
        migrations.RunPython(keep_the_trail, release_the_trail),
        migrations.RunPython(part, join),
        migrations.RunPython(refuse_to_be_emptied, let_be_emptied),
    ]
