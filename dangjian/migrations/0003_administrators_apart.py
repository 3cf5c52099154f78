"""三员分设: the database itself refuses an administrator's office beside any other office of the same person and day."""

from django.db import migrations

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


def release(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION dangjian_administrators_apart() CASCADE")
        else:
            for verb in ("INSERT", "UPDATE"):
                cursor.execute(f"DROP TRIGGER dangjian_administrators_apart_{verb}")


class Migration(migrations.Migration):
    dependencies = [("dangjian", "0002_append_only")]
    operations = [migrations.RunPython(part, release)]
