"""Each project says under which version of the scheme it was last saved or handed in."""

import django.db.models.deletion
from django.db import migrations, models


def take_from_round(apps, schema_editor):
    Round, Project = apps.get_model("dangjian", "Round"), apps.get_model("dangjian", "Project")
    for held in Round.objects.all():
        Project.objects.filter(round=held).update(scheme=held.scheme_id)


class Migration(migrations.Migration):
    dependencies = [("dangjian", "0014_topic_highlight")]
    operations = [
        migrations.AddField(
            "project",
            "scheme",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dangjian.schemeversion",
                verbose_name="方案版本",
            ),
        ),
        migrations.RunPython(take_from_round, migrations.RunPython.noop),
        migrations.AlterField(
            "project",
            "scheme",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dangjian.schemeversion",
                verbose_name="方案版本",
            ),
        ),
    ]
