import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._deal_walls import built, taken_down


def build(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Puts the triggers up."""
    for statement in built(editor.connection.vendor):
        editor.execute(statement, None)


def take_down(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the triggers down again, for a migration back."""
    for statement in taken_down(editor.connection.vendor):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0007_attachment"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=100, unique=True)),
                ("closed_through", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Deal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="loan", max_length=30)),
                ("region", models.CharField(max_length=100)),
                ("product", models.CharField(max_length=200)),
                ("enterprise_id", models.CharField(max_length=200)),
                ("institution", models.CharField(max_length=100)),
                ("contract", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField(default=0)),
                ("since", models.DateField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("run_id", models.CharField(max_length=64)),
                ("on", models.DateField()),
                ("decided_on", models.BinaryField()),
                ("drawn_on_facts", models.BinaryField(blank=True, null=True)),
                ("offered_fen", models.BigIntegerField(blank=True, null=True)),
                ("fen", models.BigIntegerField()),
                ("drawn_fen", models.BigIntegerField(default=0)),
                ("terms", models.JSONField(default=dict)),
                ("closed_through", models.DateField(blank=True, null=True)),
                ("days_past_due", models.PositiveIntegerField(default=0)),
                ("grade", models.CharField(blank=True, max_length=20)),
                ("outstanding_fen", models.BigIntegerField(default=0)),
                ("accrued_fen", models.BigIntegerField(default=0)),
                (
                    "drawn_rulebook",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.pinnedrulebook",
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
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="DealMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("on", models.DateField()),
                ("name", models.CharField(max_length=20)),
                ("begin", models.CharField(blank=True, max_length=20)),
                ("end", models.CharField(max_length=20)),
                ("duty", models.CharField(max_length=20)),
                ("person", models.CharField(blank=True, max_length=150)),
                ("role", models.CharField(blank=True, max_length=16)),
                ("institution", models.CharField(blank=True, max_length=100)),
                ("note", models.TextField(blank=True)),
                ("fen", models.BigIntegerField()),
                ("run_id", models.CharField(max_length=64)),
                ("rulebook", models.CharField(max_length=64)),
                ("detail", models.JSONField(default=dict)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="base.deal"
                    ),
                ),
            ],
            options={
                "ordering": ("deal", "version"),
            },
        ),
        migrations.CreateModel(
            name="DealEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("kind", models.CharField(max_length=20)),
                ("number", models.PositiveIntegerField(default=0)),
                ("fen", models.BigIntegerField()),
                ("text", models.CharField(blank=True, max_length=100)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="base.deal"
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="base.dealmove",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deal entries",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DealParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=16)),
                ("code", models.CharField(blank=True, max_length=200)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="base.deal"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DealStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="base.dealmove"
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deal_step",
                        to="base.transfer",
                        to_field="ref",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DealTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("do", models.CharField(max_length=20)),
                ("on", models.DateField()),
                ("args", models.JSONField()),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreed", to="base.deal"
                    ),
                ),
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="term", to="base.dealmove"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="BaseRateStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("on", models.DateField()),
                ("ppm", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=200)),
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
            ],
            options={
                "ordering": ("name", "on"),
                "constraints": [
                    models.UniqueConstraint(fields=("name", "on"), name="a_base_rate_is_published_once_a_day")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["region", "state", "closed_through"], name="base_deal_region_8091f8_idx"),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contract", ""), _negated=True),
                fields=("region", "institution", "contract"),
                name="a_contract_is_one_deal_of_an_institution",
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gte", 1), ("drawn_fen__gte", 0), ("drawn_fen__lte", models.F("fen"))),
                name="nothing_is_drawn_beyond_what_was_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="dealmove",
            constraint=models.UniqueConstraint(fields=("deal", "version"), name="one_move_per_version_of_a_deal"),
        ),
        migrations.AddConstraint(
            model_name="dealentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("move__isnull", True)),
                fields=("deal", "on", "kind", "number"),
                name="a_day_is_closed_once",
            ),
        ),
        migrations.AddIndex(
            model_name="dealparty",
            index=models.Index(fields=["role", "code"], name="base_dealpa_role_a87be6_idx"),
        ),
        migrations.AddConstraint(
            model_name="dealparty",
            constraint=models.UniqueConstraint(fields=("deal", "role", "code"), name="a_party_stands_in_a_deal_once"),
        ),
        migrations.RunPython(build, take_down),
    ]
