import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._row_walls import PARTY_OF_DEAL, SINCE, changed


def widen(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """An institution of any kind sees the deals that it is part of."""
    for statement in changed(editor.connection.vendor, "base_deal", PARTY_OF_DEAL):
        editor.execute(statement, None)


def narrow(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """As it was, for a migration back."""
    for statement in changed(editor.connection.vendor, "base_deal", SINCE):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0010_row_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bound",
                to="base.deal",
            ),
        ),
        migrations.AddField(
            model_name="deal",
            name="details",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(widen, narrow),
    ]
