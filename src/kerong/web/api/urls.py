"""The API as routes: /api/rules, /api/enterprises, /api/enterprises/ID, …/offers; and for machines POST
/api/feeds/FEED/batches and /api/payments/CHANNEL/returns."""

from ninja import NinjaAPI

from kerong.web.api.batches import router as batches
from kerong.web.api.enterprises import router as enterprises
from kerong.web.api.offers import router as offers
from kerong.web.api.payments import router as payments
from kerong.web.api.rules import router as rules

api = NinjaAPI(
    title="Kerong",
    version="1",
    description="One published run: rules, enterprises, offers; files pushed by the offices that send them; "
    "what banks call back. Amounts are hundredths of the region's currency.",
    urls_namespace="api",
    docs_url=None,
)
api.add_router("/feeds", batches)
api.add_router("/payments", payments)
api.add_router("/rules", rules)
api.add_router("/enterprises", enterprises)
api.add_router("/enterprises", offers)
