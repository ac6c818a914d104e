"""`demo_deals`: opens demo pools and books and brings some deals on their way; running it again changes nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from kerong.web.base.pages import today
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.published import current
from kerong.web.base.services.demo_deals import demo_deals_make


class Command(BaseCommand):
    """Makes the demo deals."""

    help = "Makes demo pools, books and deals (only where KERONG_DEMO is set)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes them and says how many deals there are."""
        published = current()
        if published is None:
            raise CommandError("publish a run first: publish_run PATH")
        try:
            count = demo_deals_make(published, today=today(), days=days_of(published))
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{count} deals")
