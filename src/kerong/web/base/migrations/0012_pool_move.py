import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._case_walls import built, taken_down
from kerong.web.base.migrations._row_walls import OF_POOL, walled

KEPT = {"base_poolmove": "pool_id = NEW.pool_id AND number = NEW.number"}


def build(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """A pool's history is only added to, and is seen with its deals."""
    vendor = editor.connection.vendor
    for statement in (*built(vendor, KEPT), *walled(vendor, "base_poolmove", OF_POOL)):
        editor.execute(statement, None)


def take_down(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration back; the policy goes with the table."""
    for statement in taken_down(editor.connection.vendor, KEPT):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0011_deal_base"),
    ]

    operations = [
        migrations.CreateModel(
            name="PoolMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("on", models.DateField()),
                ("do", models.CharField(max_length=20)),
                ("loan", models.CharField(blank=True, max_length=64)),
                ("told", models.JSONField()),
                ("version", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pool_moves",
                        to="base.deal",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="base.riskpool"
                    ),
                ),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.pinnedrulebook"
                    ),
                ),
            ],
            options={
                "ordering": ("pool", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("pool", "number"), name="one_event_per_number_of_a_pool")
                ],
            },
        ),
        migrations.RunPython(build, take_down),
    ]
