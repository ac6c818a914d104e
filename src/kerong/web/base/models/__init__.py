"""People, published runs, alerts, consents, tokens of feeds and the log of reads: what the portal writes."""

from kerong.web.base.models.access_log import AccessLog
from kerong.web.base.models.alert import Alert, AlertMove, AlertParty
from kerong.web.base.models.consent import Consent
from kerong.web.base.models.feed_token import FeedToken
from kerong.web.base.models.objection import Objection
from kerong.web.base.models.run import Run
from kerong.web.base.models.user import Role, User

__all__ = ["AccessLog", "Alert", "AlertMove", "AlertParty", "Consent", "FeedToken", "Objection", "Role", "Run", "User"]
