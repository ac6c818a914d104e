"""A waterfall line by line, for `kerong rules show`."""

from collections.abc import Iterator

from kerong.engine.money import Speaker, layer_lines
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Text
from kerong.rulebook.waterfalls import Waterfall

WORDS = {
    "amount": Text("分担的金额", "what is parted"),
    "rule": Text("依据规则", "rows by the rule"),
    "rest": Text("其余", "the rest"),
    "to": Text("归", "goes to"),
}


def waterfall_lines(waterfall: Waterfall, book: Rulebook, lang: str) -> Iterator[str]:
    """What is parted, then each layer, and who takes the rest; numbers are those of the region's own day."""
    said = Speaker(waterfall, book.region.default_on, book.region.currency, lang)
    yield f"  {WORDS['amount'].in_(lang)}: {said.amount()}"
    if waterfall.rule is not None:
        yield f"  {WORDS['rule'].in_(lang)}: {book.rules[waterfall.rule].title.in_(lang)} [{waterfall.rule}]"
    for number, layer in enumerate(said.layers(), 1):
        yield f"  {number}. {layer.title}"
        yield from (f"     {line}" for line in layer_lines(layer, waterfall.parties, lang))
    if waterfall.leaves_a_rest:
        yield f"  {WORDS['rest'].in_(lang)} {WORDS['to'].in_(lang)} {waterfall.parties[waterfall.rest].in_(lang)}"
