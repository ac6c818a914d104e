"""`publish_run PATH`: the portal shows this run from now on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerong.web.base.services.run import NotPublishable, run_publish


class Command(BaseCommand):
    """Publishes a run on disk."""

    help = "Shows the run in folder PATH on the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """One argument: the folder of the run."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Publishes and says which run is shown now."""
        try:
            run = run_publish(options["path"])
        except NotPublishable as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"published run {run.run_id}: region {run.region} on {run.on}")
