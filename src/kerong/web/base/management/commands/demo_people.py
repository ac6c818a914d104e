"""`demo_people`: makes the demo log-ins for the published run; running it again changes nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from kerong.web.base.selectors.published import current
from kerong.web.base.services.people import demo_people_make


class Command(BaseCommand):
    """Makes the demo log-ins."""

    help = "Makes the demo log-ins (only where KERONG_DEMO is set)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes them and lists role, user name and password."""
        published = current()
        if published is None:
            raise CommandError("publish a run first: publish_run PATH")
        try:
            people = demo_people_make(published)
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            for login in people:
                self.stdout.write(f"{login.role:<12} {login.name:<12} {login.password}")
