"""A pool line by line, for `kerong rules show`."""

from collections.abc import Iterator

from kerong.rulebook import Rulebook
from kerong.rulebook.content import Text
from kerong.rulebook.pools import PARAMETERS, Pool
from kerong.rulebook.words import shown

WORDS = {
    "covers": Text("承保", "covers"),
    "by": Text("分担", "shared by"),
    "pays": Text("资金池承担", "the pool pays for"),
    "back": Text("追偿分配", "recoveries by"),
    "assumed": Text("非公开数字，为假设", "assumed, not published"),
    "eligible": Text("放款日资格", "eligible as of drawdown"),
    "cases": Text("个算例", "cases"),
}


def pool_lines(pool: Pool, book: Rulebook, lang: str) -> Iterator[str]:
    """The words of its source, what it covers and by which waterfall, its bounds with every dated value."""
    said = {key: text.in_(lang) for key, text in WORDS.items()}
    yield pool.text
    yield f"{pool.source.document} {pool.source.clause} ({pool.source.status})"
    for one in pool.instruments.values():
        party = one.loss.waterfall.parties[one.payer].in_(lang)
        yield f"  {said['covers']} {one.kind}: {said['by']} {one.loss.waterfall.name}, {said['pays']} {party}"
        if one.recovery is not None:
            yield f"     {said['back']} {one.recovery.waterfall.name}"
    if pool.rule is not None:
        yield f"  {said['eligible']}: {pool.rule} {', '.join(map(str, pool.clauses))}"
    for name, parameter in pool.parameters.items():
        for start, value, source in parameter.values:
            held = shown(value, parameter.type, book.region.currency, lang)
            yield f"  {PARAMETERS[name].in_(lang)} [{name}] = {held} ({start}, {source})"
            if start in parameter.assumed:
                yield f"     {said['assumed']}: {parameter.assumed[start]}"
    yield f"  {len(pool.cases)} {said['cases']}"
