"""What was granted so far, from the cases and their parts on the ledger: what a run must not award again."""

import polars as pl
from django.db.models import QuerySet

from kerong.engine.award import GRANTED_BEFORE
from kerong.web.base.models import Case


def used_in(region: str, besides: int = 0, among: "QuerySet[Case] | None" = None) -> pl.DataFrame:
    """What cases of the region hold or were paid, less what came back (schema GRANTED_BEFORE), in the order of cases.

    A case of which all came back stays with 0 fen: what its evidence paid, it does not pay again. `besides`: the id of
    a case that is left out; `among`: the cases that a reader may see, where not all are to be told.
    """
    held = (
        (Case.objects.all() if among is None else among)
        .filter(region=region)
        .exclude(pk=besides)
        .exclude(reserved_fen=0, paid_fen=0)
    )
    rows = [
        {
            "rule": rule,
            "enterprise_id": enterprise_id,
            "payee": payee,
            "affiliates": claim.get("affiliates"),
            "evidence": claim.get("evidence"),
            "year": claim.get("year"),
            "fen": reserved + paid - returned,
            "row_key": row_key,
        }
        for rule, enterprise_id, row_key, payee, claim, reserved, paid, returned in held.order_by("id").values_list(
            *("rule", "enterprise_id", "row_key", "payee", "claim", "reserved_fen", "paid_fen", "returned_fen")
        )
    ]
    return pl.DataFrame(rows, GRANTED_BEFORE)
