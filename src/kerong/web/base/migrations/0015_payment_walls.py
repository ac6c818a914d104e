from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._payment_walls import built, taken_down


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
        ("base", "0014_deal_attachment"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentchannel",
            name="level",
            field=models.CharField(default="", max_length=40),
        ),
        migrations.RunPython(build, take_down),
    ]
