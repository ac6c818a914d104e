"""The database wrapper that `settings.DATABASES` names for PostgreSQL."""

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as Postgresql

from kerong.web.base.readers import told


class DatabaseWrapper(Postgresql):
    """A connection whose statements on walled tables are told the reader (`kerong.web.base.readers`)."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.execute_wrappers.append(told)
