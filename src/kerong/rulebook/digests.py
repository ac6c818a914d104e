"""What a card was fitted for, as digests: of its declared model, and of how the model's facts are worked out.

Words (titles, meanings, sources, who is to act) do not count: they change nothing that a fit would find.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from kerong.rulebook.content import Rulebook
from kerong.rulebook.models import Model
from kerong.rulebook.networks import Network
from kerong.rulebook.pruning import OWN, reach
from kerong.rulebook.said import Parameter
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node, fields_of


def digests_of(model: Model, book: Rulebook) -> dict[str, str]:
    """`model`: the question, who is asked, what may be read and how; `facts`: the definitions behind what it reads."""
    return {"model": _digest(_model(model)), "facts": _digest(_facts(model, book))}


def _digest(told: object) -> str:
    text = json.dumps(_plain(told), ensure_ascii=False, sort_keys=True, allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _model(model: Model) -> object:
    outcome = model.outcome
    return {
        "kind": model.kind,
        "every": model.every,
        "horizon": outcome.horizon if outcome else None,
        "delay_days": outcome.delay_days if outcome else None,
        "at_risk": outcome.at_risk if outcome else None,
        "events": [(one.register, one.where, one.on) for one in (outcome.events if outcome else ())],
        "segments": [(one.name, one.when) for one in model.segments],
        "characteristics": [(one.name, one.kind, one.trend, one.value) for one in model.characteristics],
        "forbidden": sorted(one.name for one in model.forbidden),
        "scaling": (model.points, model.odds, model.pdo),
        "bins": (model.bins_most, model.bin_least_bp),
        "seed": model.seed,
    }


def _facts(model: Model, book: Rulebook) -> object:
    """Everything that the fields of the model rest on, down to the columns of registers that are counted or summed."""
    read = {column for node in model.nodes() for table, column in fields_of(node) if table == "enterprise"}
    behind = reach(book, sorted(read - {*OWN}))
    measures = [book.measures[name] for name in sorted(behind.measures)]
    formulas = [book.formulas[name] for name in sorted(behind.formulas)]
    return {
        "provided": {name: book.region.provides[name] for name in behind.provided if name in book.region.provides},
        "measures": [
            (one.name, one.over, one.aggregate, one.value, one.by, one.where, one.window, one.skip, one.at_least)
            for one in measures
        ],
        "formulas": [(one.name, one.value, one.round) for one in formulas],
        "parameters": {one.name: one.parameters for one in measures} | {one.name: one.parameters for one in formulas},
        "networks": [_network(book.networks[name], behind.network_fields) for name in sorted(behind.networks)],
        "indicators": {name: book.indicators[name].value for name in behind.indicators},
    }


def _network(one: Network, fields: frozenset[str]) -> object:
    asked = [(name, one.fields[name]) for name in sorted(one.fields) if name in fields]
    given = [(name, field.gives, field.of, field.above, field.within) for name, field in asked]
    nodes = (one.begin, one.end, one.share, one.amount, one.where, one.kind, one.called, one.trouble)
    return one.name, one.over, nodes, one.ultimate, one.slack_bp, one.parameters, given


def _plain(value: Any) -> Any:
    """As JSON has it: of an expression its tree, of a parameter its dated values."""
    if isinstance(value, Node):
        return [value.kind, value.type.kind, _plain(value.value), *(_plain(one) for one in value.args)]
    if isinstance(value, Parameter):
        return [[start.isoformat(), _plain(given)] for start, given, _ in value.values]
    if isinstance(value, Steps):
        return [_plain(value.starts), _plain(value.values)]
    if isinstance(value, Entries):
        return [_plain(value.entries), value.otherwise]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
