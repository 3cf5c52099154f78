import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Batches are read by the worker; those that stand already are read."""

    dependencies = [
        ("dangjian", "0030_letter"),
    ]

    operations = [
        migrations.RenameField(model_name="scanbatch", old_name="at", new_name="asked_at"),
        migrations.AlterField(
            model_name="scanbatch", name="asked_at", field=models.DateTimeField(verbose_name="申请时间")
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="started_at",
            field=models.DateTimeField(null=True, verbose_name="开始时间"),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="次数"),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="state",
            field=models.CharField(
                choices=[("queued", "识别中"), ("read", "已识别"), ("failed", "没有识别成")],
                default="read",
                max_length=20,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="scanbatch",
            name="state",
            field=models.CharField(
                choices=[("queued", "识别中"), ("read", "已识别"), ("failed", "没有识别成")],
                default="queued",
                max_length=20,
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="没有识别成的原因"),
        ),
        migrations.AlterField(
            model_name="scanbatch",
            name="pages",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="页数"),
        ),
        migrations.AlterField(
            model_name="scanbatch",
            name="blanks",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="空白页数"),
        ),
        migrations.AddIndex(
            model_name="scanbatch",
            index=models.Index(fields=["state", "asked_at"], name="scan_batch_queue"),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="原批示内容")),
                ("given_on", models.DateField(verbose_name="原批示日期")),
                ("reason", models.CharField(max_length=200, verbose_name="更正原因")),
                ("at", models.DateTimeField(verbose_name="更正时间")),
            ],
            options={
                "verbose_name": "更正",
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="scan",
            name="scan_of_project_or_meeting",
        ),
        migrations.AddField(
            model_name="scan",
            name="briefing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scans",
                to="dangjian.briefing",
                verbose_name="呈阅件",
            ),
        ),
        migrations.AddField(
            model_name="scan",
            name="handover",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scans",
                to="dangjian.handover",
                verbose_name="交接",
            ),
        ),
        migrations.AlterField(
            model_name="scan",
            name="kind",
            field=models.CharField(
                choices=[
                    ("application", "项目申请表"),
                    ("notice", "立项通知"),
                    ("minutes", "会议纪要"),
                    ("letter_first", "责任书（第1份）"),
                    ("letter_second", "责任书（第2份）"),
                    ("handover", "交接单"),
                    ("briefing", "呈阅件"),
                ],
                max_length=20,
                verbose_name="文书",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)),
                fields=("kind", "handover"),
                name="scan_handover_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)),
                fields=("kind", "briefing"),
                name="scan_briefing_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", True),
                        ("kind", "application"),
                        ("meeting__isnull", True),
                        ("project__isnull", False),
                    ),
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", True),
                        ("kind", "notice"),
                        ("meeting__isnull", False),
                        ("project__isnull", True),
                    ),
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", True),
                        ("kind", "minutes"),
                        ("meeting__isnull", False),
                        ("project__isnull", True),
                    ),
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", True),
                        ("kind", "letter_first"),
                        ("meeting__isnull", True),
                        ("project__isnull", False),
                    ),
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", True),
                        ("kind", "letter_second"),
                        ("meeting__isnull", True),
                        ("project__isnull", False),
                    ),
                    models.Q(
                        ("briefing__isnull", True),
                        ("handover__isnull", False),
                        ("kind", "handover"),
                        ("meeting__isnull", True),
                        ("project__isnull", True),
                    ),
                    models.Q(
                        ("briefing__isnull", False),
                        ("handover__isnull", True),
                        ("kind", "briefing"),
                        ("meeting__isnull", True),
                        ("project__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="scan_of_one_owner",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dangjian.person",
                verbose_name="更正人",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="instruction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="dangjian.instruction",
                verbose_name="批示",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="on_behalf_of",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dangjian.person",
                verbose_name="代何人办理",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="photo",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dangjian.attachment",
                verbose_name="原批示照片",
            ),
        ),
    ]
