"""The worked tables of docs/algorithms/offers.md."""

from collections import Counter

from kerong.engine.match import offers
from tests.engine.match.book import AMOUNT, ON, Verdict, rule, rulebook, share, verdicts
from tests.engine.match.test_offers import FIRMS
from tests.engine.score.worked import known, tables

OUTCOMES = {"failed": 0, "met": 1, "unknown": 2}
BENEFITS = {"the amount": None, "2 % of the amount": share(AMOUNT, 200)}


def test_the_worked_offers_are_what_the_program_makes_of_the_worked_verdicts() -> None:
    given, wanted = tables("offers.md")
    many = {name for name, count in Counter(row["rule"] for row in given).items() if count > 1}
    sheet = {
        row["rule"]: rule(
            row["rule"], row["kind"], "loan" if row["rule"] in many else "enterprise", BENEFITS[row["benefit"]]
        )
        for row in given
    }
    held: list[Verdict] = [
        (row["rule"], "E1", known(row["row"]) or "", OUTCOMES[row["outcome"]], _fen(row["awarded_fen"]))
        for row in given
    ]
    found, _ = offers(verdicts(held), rulebook(*sheet.values()), FIRMS, {}, ON)
    assert found.select("rank", "rule", "outcome", "amount_fen", "benefit_fen").rows() == [
        (int(row["rank"]), row["rule"], OUTCOMES[row["outcome"]], _fen(row["amount_fen"]), _fen(row["benefit_fen"]))
        for row in wanted
    ]


def _fen(cell: str) -> int | None:
    return None if cell == "-" else int(cell)
