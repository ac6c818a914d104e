import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._set_once_walls import SetOnce, built, taken_down

TABLES = (
    SetOnce(
        table="base_budgetchange",
        name="budgetchange",
        fixed=("id", "budget_id", "kind", "fen", "note", "proposed_by_id", "proposed_at"),
        changed="OLD.state <> 'proposed'",
        replaced="transfer_id = NEW.transfer_id",
    ),
)
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
BY = django.db.models.deletion.PROTECT


def build(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Puts the triggers up."""
    for statement in built(editor.connection.vendor, TABLES):
        editor.execute(statement, None)


def take_down(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the triggers down again, for a migration back."""
    for statement in taken_down(editor.connection.vendor, TABLES):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0015_payment_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="BudgetChange",
            fields=[
                ("id", ID),
                (
                    "kind",
                    models.CharField(choices=[("appropriate", "appropriate"), ("cut", "cut")], max_length=20),
                ),
                ("fen", models.BigIntegerField()),
                ("note", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("budget", models.ForeignKey(on_delete=BY, related_name="changes", to="base.budget")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=BY, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("proposed_by", models.ForeignKey(on_delete=BY, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "transfer",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=BY, related_name="+", to="base.transfer", to_field="ref"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fen__gte", 1), ("fen__lte", 999999999999999)),
                        name="a_budget_is_changed_by_an_amount_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("state", "proposed"), ("transfer", None)),
                            models.Q(("decided_by__isnull", False), ("state", "refused"), ("transfer", None)),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("state", "confirmed"),
                                ("transfer__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_budget_is_changed_when_somebody_confirms",
                    ),
                ],
            },
        ),
        migrations.RunPython(build, take_down),
    ]
