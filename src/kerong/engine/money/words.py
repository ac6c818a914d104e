"""A waterfall in words, layer by layer, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook import plain
from kerong.rulebook.content import Text
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.types import BP, FEN, Type
from kerong.rulebook.waterfalls import WHOLE_BP, Layer, Waterfall
from kerong.rulebook.words import in_words, shown

KINDS = {
    "loss": Text("损失分担", "Loss sharing"),
    "recovery": Text("回收分配", "Sharing of a recovery"),
    "gain": Text("收益分配", "Sharing of a gain"),
    "distribution": Text("分配", "Distribution"),
    "stake": Text("出资", "Stakes"),
}
REST = Text("其余", "the rest")
COMPARED = {"lt": "<", "le": "≤", "eq": "="}
JOINED = {"and": Text("且", " and "), "or": Text("或", " or ")}
NOT = Text("非（{}）", "not ({})")
ONE_OF = Text("{}为{}之一", "{} is one of {}")
NOTHING = Node("literal", Type("int", "number"), value=0)


@dataclass(frozen=True, slots=True)
class LayerWords:
    """What a layer takes (`bound` None: all that is left), who takes which share, who at most how much, who the rest.

    Shares and caps stand beside the code of their party; numbers are those in force on the day that was asked for.
    """

    title: str
    bound: str | None
    shares: Mapping[str, str]
    caps: Mapping[str, str]
    over: str | None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts the expressions of a waterfall into words, as of a day, in a currency and a language."""

    waterfall: Waterfall
    on: date
    currency: str
    lang: str

    def layers(self) -> tuple[LayerWords, ...]:
        """Every layer, from the first on."""
        return tuple(self._layer(layer, at == 0) for at, layer in enumerate(self.waterfall.layers))

    def amount(self) -> str:
        """What is parted."""
        return self.expression(self.waterfall.amount, FEN)

    def _layer(self, layer: Layer, is_first: bool) -> LayerWords:
        takes_all = layer.fen in (None, self.waterfall.amount)
        return LayerWords(
            title=layer.title.in_(self.lang),
            bound=None if layer.fen is None or takes_all else self.expression(layer.fen, FEN),
            shares={party: self._share(party, layer) for party in layer.shares},
            caps={party: self.expression(cap, FEN) for party, cap in layer.caps.items()},
            over=layer.over,
            is_first=is_first,
        )

    def _share(self, party: str, layer: Layer) -> str:
        """Of two shares that sum to the whole the second is told as the rest, unless it is a number."""
        node = layer.shares[party]
        others = [other for name, other in layer.shares.items() if name != party]
        whole = Node("literal", Type("int", "number"), value=WHOLE_BP)
        if fields_of(node) and len(others) == 1 and node.kind == "subtract" and node.args == (whole, others[0]):
            return REST.in_(self.lang)
        return self.expression(node, BP)

    def expression(self, node: Node, kind: Type) -> str:
        """An expression in words; what reads no input is told as its value on the day."""
        if not fields_of(node):
            return self._value(node, kind)
        return in_words(node, lambda part: self._leaf(part, kind), self.currency, self.lang)

    def _value(self, node: Node, kind: Type) -> str:
        numbers = {name: number.at(self.on) for name, number in self.waterfall.numbers.items()}
        value = plain.evaluate(node, {}, self.on, numbers)
        return shown(value, kind if node.type.unit == "number" else node.type, self.currency, self.lang)

    def _leaf(self, node: Node, kind: Type) -> str | None:
        match node.kind:
            case "field":
                return self.waterfall.inputs[node.field[1]][1].in_(self.lang)
            case "parameter":
                title = self.waterfall.numbers[str(node.value)].title
                if node.type.kind == "table":
                    return title.in_(self.lang) if title else str(node.value)
                value = self._value(node, kind)
                return f"{title.in_(self.lang)} {value}" if title else value
            case "literal":
                return self._value(node, kind)
            case "case":
                return self._conditions(node, kind)
            case "greatest" if node.args[1:] == (NOTHING,):
                told = self.expression(node.args[0], kind)
                return f"{told}（不低于零）" if self.lang == "zh" else f"{told} (never below 0)"
        return self._condition(node)

    def _condition(self, node: Node) -> str | None:
        """A comparison, or several joined; None where the node is none."""
        if node.kind in COMPARED:
            first, second = node.args
            return f"{self.expression(first, second.type)} {COMPARED[node.kind]} {self.expression(second, first.type)}"
        if node.kind in JOINED:
            return JOINED[node.kind].in_(self.lang).join(self.expression(arg, arg.type) for arg in node.args)
        if node.kind == "not":
            return NOT.in_(self.lang).format(self.expression(node.args[0], node.args[0].type))
        if node.kind == "in":
            options = shown(node.value, node.args[0].type, self.currency, self.lang)
            return ONE_OF.in_(self.lang).format(self.expression(node.args[0], node.args[0].type), options)
        return None

    def _conditions(self, node: Node, kind: Type) -> str:
        parts = [self.expression(arg, kind) for arg in node.args]
        pairs = list(zip(parts[:-1:2], parts[1::2], strict=True))
        if self.lang == "zh":
            return "，".join([*(f"{condition}的 {value}" for condition, value in pairs), f"其他 {parts[-1]}"])
        return ", ".join([*(f"{value} where {condition}" for condition, value in pairs), f"else {parts[-1]}"])


def layer_lines(said: LayerWords, parties: Mapping[str, Text], lang: str) -> list[str]:
    """A layer in sentences: what it takes and how it is shared, then its caps."""
    names = {party: title.in_(lang) for party, title in parties.items()}
    zh = lang == "zh"
    shares = ("；" if zh else "; ").join(f"{names[party]} {share}" for party, share in said.shares.items())
    lines = [f"{_taken(said, lang)}{'：' if zh else ': '}{shares}"]
    for party, cap in said.caps.items():
        if said.over is None:
            above = "超出部分留给下一层" if zh else "what lies above is left to the next layer"
        else:
            above = f"超出部分归{names[said.over]}" if zh else f"what lies above goes to {names[said.over]}"
        lines.append(f"{names[party]}最多 {cap}，{above}" if zh else f"{names[party]} at most {cap}; {above}")
    return lines


def _taken(said: LayerWords, lang: str) -> str:
    """What a layer takes: of the amount, or of what earlier layers left."""
    bound = said.bound
    if lang == "zh":
        of = "金额" if said.is_first else "剩余金额"
        return f"{of}中至多 {bound}" if bound else f"全部{of}"
    if said.is_first:
        return f"up to {bound}" if bound else "the whole amount"
    return f"of what is left up to {bound}" if bound else "all that is left"
