from django.db import migrations


def log_first_versions(apps, schema_editor):
    """Tables handed in before stand in 已办 too."""
    filing, log = apps.get_model("dangjian", "Filing"), apps.get_model("dangjian", "MoveLog")
    for first in filing.objects.filter(number=1).order_by("pk"):
        log.objects.create(
            noun="filing", noun_id=first.pk, sequence=0, name="file", label="报送备案", source="", target="handed_in",
            by_id=first.by_id, on_behalf_of_id=first.on_behalf_of_id, at=first.at,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("dangjian", "0044_plan_handled")]

    operations = [migrations.RunPython(log_first_versions, migrations.RunPython.noop)]
