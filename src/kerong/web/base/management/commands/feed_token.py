"""`feed_token FEED`: makes a token by which the feed's files are pushed, shown once; `--revoke KEY` ends one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerong.rulebook.feeds import feeds_of
from kerong.web.base.models import FeedToken
from kerong.web.base.selectors.published import current
from kerong.web.base.services.feed_token import TokenRefused, feed_token_make, feed_token_revoke


class Command(BaseCommand):
    """Makes or revokes a token of a feed."""

    help = "Makes a token by which files of FEED may be pushed, and shows it once."

    def add_arguments(self, parser: CommandParser) -> None:
        """The feed, or the key of a token to be revoked."""
        parser.add_argument("feed", nargs="?", default="")
        parser.add_argument("--label", default="", help="whose it is")
        parser.add_argument("--revoke", default="", metavar="KEY", help="end the token of this key instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the token, and nothing else, to standard output."""
        if options["revoke"]:
            found = FeedToken.objects.filter(key=options["revoke"]).first()
            if found is None or not feed_token_revoke(None, found.pk):
                raise CommandError(f"there is no token {options['revoke']}")
            return
        published = current()
        if published is None:
            raise CommandError("publish a run first: publish_run PATH")
        try:
            _, text = feed_token_make(None, options["feed"], feeds_of(published.rulebook), options["label"])
        except TokenRefused as error:
            raise CommandError(f"there is no feed {options['feed']!r}") from error
        self.stdout.write(text)
