"""`demo_cases`: opens demo budgets and calls and brings some cases on their way; running it again changes nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from kerong.web.base.pages import today
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.published import current
from kerong.web.base.services.demo_cases import demo_cases_make


class Command(BaseCommand):
    """Makes the demo cases."""

    help = "Makes demo budgets, calls and cases (only where KERONG_DEMO is set)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes them and says how many cases there are."""
        published = current()
        if published is None:
            raise CommandError("publish a run first: publish_run PATH")
        try:
            count = demo_cases_make(published, today=today(), days=days_of(published))
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{count} cases")
