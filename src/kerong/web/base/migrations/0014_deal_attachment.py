"""Files of deals: a table of their own, seen by the parties of the deal (PostgreSQL's second wall)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._row_walls import OF_DEAL, walled

TABLE = "base_dealattachment"


def build(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Puts the policy up."""
    for statement in walled(editor.connection.vendor, TABLE, OF_DEAL):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0013_outbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="DealAttachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=64)),
                ("bytes", models.PositiveIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="base.deal"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("deal", "digest"), name="a_file_is_attached_to_a_deal_once")
                ],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
