import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0012_pool_move"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("job", models.CharField(max_length=20)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("touched_at", models.DateTimeField()),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("outcome", models.JSONField(default=dict)),
                ("why", models.JSONField(default=list)),
            ],
            options={
                "ordering": ("-day", "id"),
                "constraints": [models.UniqueConstraint(fields=("day", "job"), name="a_job_stands_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("notice", "notice"), ("mail", "mail"), ("file", "file")], max_length=10),
                ),
                ("role", models.CharField(blank=True, max_length=16)),
                ("code", models.CharField(blank=True, max_length=200)),
                ("about_kind", models.CharField(blank=True, max_length=20)),
                ("about_id", models.BigIntegerField(blank=True, null=True)),
                ("payload", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=400, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("delivered", "delivered"), ("aside", "aside")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("error", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_at", "id"], name="outbox_waiting"
                    ),
                    models.Index(fields=["state", "id"], name="outbox_by_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="base.outboxrow"
                    ),
                ),
            ],
            options={
                "ordering": ("-row_id", "id"),
                "indexes": [models.Index(fields=["person", "read_at"], name="base_messag_person__1da3e2_idx")],
                "constraints": [models.UniqueConstraint(fields=("row", "person"), name="a_person_is_told_once")],
            },
        ),
    ]
