"""What commands need of the portal: its settings in the environment, its database, its management commands."""

import os
import secrets
import sys
from pathlib import Path


def environment(folder: Path) -> None:
    """What the settings read: the data folder, the demo switch, and a key that only this user may read."""
    key = folder / "secret_key"
    if not key.exists():
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.web.settings")
    os.environ["KERONG_DATA"] = str(folder)
    os.environ.setdefault("KERONG_DEMO", "1")


def manage(*arguments: str) -> None:
    """A management command of the portal; its refusal ends in one line."""
    from django.core.management import CommandError, call_command

    try:
        call_command(*arguments, verbosity=0)
    except CommandError as failure:
        sys.exit(f"kerong: {failure}")


def migrate() -> None:
    """Bring the portal's database to this version."""
    import django

    django.setup()
    manage("migrate")
