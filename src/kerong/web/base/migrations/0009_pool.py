import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0008_deal"),
    ]

    operations = [
        migrations.CreateModel(
            name="RiskPool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=100)),
                ("on", models.DateField(blank=True, null=True)),
                ("paid_in_fen", models.BigIntegerField(default=0)),
                ("interest_fen", models.BigIntegerField(default=0)),
                ("recovered_fen", models.BigIntegerField(default=0)),
                ("compensated_fen", models.BigIntegerField(default=0)),
                ("refunded_fen", models.BigIntegerField(default=0)),
                ("fees_fen", models.BigIntegerField(default=0)),
                ("is_open", models.BooleanField(default=True)),
                (
                    "book",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pool", to="base.book"
                    ),
                ),
            ],
            options={
                "ordering": ("region", "name"),
            },
        ),
        migrations.CreateModel(
            name="PoolLoan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=100)),
                ("loan", models.CharField(max_length=64)),
                ("bank", models.CharField(max_length=100)),
                ("firm", models.CharField(max_length=200)),
                ("group", models.CharField(blank=True, max_length=200)),
                ("instrument", models.CharField(max_length=30)),
                ("drawn_on", models.DateField()),
                ("fen", models.BigIntegerField()),
                ("facts", models.JSONField(default=dict)),
                ("balance_fen", models.BigIntegerField()),
                ("since", models.DateField(blank=True, null=True)),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("paid_fen", models.BigIntegerField(default=0)),
                ("borne", models.JSONField(default=dict)),
                ("returned", models.JSONField(default=dict)),
                ("is_void", models.BooleanField(default=False)),
                ("is_written_off", models.BooleanField(default=False)),
                (
                    "deal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pooled", to="base.deal"
                    ),
                ),
                (
                    "reservation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.transfer",
                        to_field="ref",
                    ),
                ),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.pinnedrulebook"
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="base.riskpool"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddConstraint(
            model_name="riskpool",
            constraint=models.UniqueConstraint(fields=("region", "name"), name="a_pool_is_opened_once"),
        ),
        migrations.AddConstraint(
            model_name="riskpool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "compensated_fen__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("paid_in_fen"), "+", models.F("interest_fen")
                                    ),
                                    "+",
                                    models.F("recovered_fen"),
                                ),
                                "-",
                                models.F("refunded_fen"),
                            ),
                            "-",
                            models.F("fees_fen"),
                        ),
                    )
                ),
                name="a_pool_never_owes",
            ),
        ),
        migrations.AddConstraint(
            model_name="poolloan",
            constraint=models.UniqueConstraint(fields=("region", "loan"), name="a_contract_stands_in_one_pool"),
        ),
        migrations.AddConstraint(
            model_name="poolloan",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gte", 1), ("balance_fen__gte", 0), ("paid_fen__gte", 0)),
                name="a_pooled_loan_has_amounts_within_bounds",
            ),
        ),
    ]
