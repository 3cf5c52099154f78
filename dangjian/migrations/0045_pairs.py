"""On PostgreSQL: the pairs of neighbouring characters of what people search in, each table with its index."""

from django.db import migrations

SEARCHED = (
    ("dangjian_project", "name"),
    ("dangjian_project", "number"),
    ("dangjian_organisation", "short_name"),
    ("dangjian_organisation", "full_name"),
    ("dangjian_person", "name"),
)


def make_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dangjian_pairs(words text) RETURNS text[] "
            "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS "
            "$$ SELECT ARRAY(SELECT substr(upper(words), place, 2) "
            "FROM generate_series(1, char_length(upper(words)) - 1) AS place) $$"
        )
        for table, column in SEARCHED:
            cursor.execute(f"CREATE INDEX {table}_{column}_pairs ON {table} USING gin (dangjian_pairs({column}))")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION dangjian_pairs(text) CASCADE")


class Migration(migrations.Migration):
    replaces = [("dangjian", "0013_search")]
    dependencies = [("dangjian", "0044_guards")]
    operations = [migrations.RunPython(make_indexes, drop_indexes)]
