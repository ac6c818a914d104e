from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kerong.web.base.migrations._row_walls import built, taken_down


def build(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Puts the policies up."""
    for statement in built(editor.connection.vendor):
        editor.execute(statement, None)


def take_down(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the policies down again, for a migration back."""
    for statement in taken_down(editor.connection.vendor):
        editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0009_pool"),
    ]

    operations = [
        migrations.RunPython(build, take_down),
    ]
