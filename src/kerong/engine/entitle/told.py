"""An explanation as data: what the sentences are made of, in plain values (docs/algorithms/explanation.md)."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite

from kerong.engine.entitle.action import Action
from kerong.engine.entitle.comparisons import Compared
from kerong.engine.entitle.explain import ExplainedClause, Explanation
from kerong.engine.entitle.sources import Batch, Origins, dated_source, settled_by
from kerong.engine.entitle.values import field_title, titled
from kerong.engine.entitle.words import action_sentence, sentence, verdict_sentence
from kerong.rulebook.content import Rule, Rulebook, Text
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.plain import Fault
from kerong.rulebook.tables import Entries, Spell, Steps
from kerong.rulebook.tree import fields_of, parameters_of

Data = dict[str, object]
Batches = Mapping[str, Sequence[Batch]]


def told(
    found: Explanation, rule: Rule, origins: Origins, on: date, batches: Batches, row_key: str, action: Action | None
) -> Data:
    """The whole explanation of one rule for one subject; every value is one of JSON's.

    `batches` are the files behind each register (empty where the caller does not know them), `row_key` names the row
    that the rule is about.
    """
    rulebook = origins.rulebook
    return {
        "rule": rule.name,
        "row_key": row_key,
        "outcome": OUTCOME_NAMES[found.outcome],
        "clause": found.clause,
        "sentence": {lang: verdict_sentence(rule, found.outcome, found.clause, lang) for lang in ("zh", "en")},
        "reason": found.reason,
        "amount": {
            "entitled_fen": found.entitled_fen,
            "base_fen": found.base_fen,
            "payee": found.payee,
            "evidence": found.evidence,
        },
        "source": {"document": rule.source.document, "clause": rule.source.clause, "file": rule.place.file},
        "clauses": [_clause(clause, rule, origins, on, batches, row_key) for clause in found.clauses],
        "action": action_told(action, rulebook) if action else None,
    }


def action_told(action: Action, rulebook: Rulebook) -> Data:
    """An action as data, with its sentence in both languages."""
    return {
        "kind": action.kind,
        "how": _both(action.how),
        "sentence": {lang: action_sentence(action, rulebook, lang) for lang in ("zh", "en")},
        "to": {".".join(field): plain(value) for field, value in action.to},
        "now": {".".join(field): plain(value) for (field, _), value in zip(action.to, action.now, strict=True)},
        "effort": action.effort,
        "cost": action.cost,
        "money_fen": action.money_fen,
    }


def plain(value: object) -> object:
    """A value as JSON holds it: dates as texts, spells and tables as lists, an error with its reason."""
    match value:
        case float():
            return value if isfinite(value) else None
        case None | bool() | int() | str():
            return value
        case date():
            return value.isoformat()
        case Fault():
            return {"error": value.reason}
        case Spell():
            return {"begins": plain(value.begins), "ends": plain(value.ends)}
        case Steps():
            return {"from": list(value.starts), "value": list(value.values)}
        case Entries():
            return {"of": dict(value.entries), "otherwise": value.otherwise}
        case tuple():
            return [plain(item) for item in value]
    return str(value)


def _clause(clause: ExplainedClause, rule: Rule, origins: Origins, on: date, batches: Batches, row_key: str) -> Data:
    place = clause.clause.place
    return {
        "number": clause.number,
        "is": clause.clause.text,
        "title": _both(clause.clause.title),
        "outcome": OUTCOME_NAMES[clause.outcome],
        "reason": clause.reason,
        "source": {
            "document": rule.source.document,
            "clause": rule.source.clause,
            "file": place.file,
            "line": place.line,
        },
        "compared": [_compared(part, rule, origins.rulebook) for part in clause.compared],
        "read": {
            f"{read.table}.{read.column}": _read((read.table, read.column), read.value, origins, batches, row_key)
            for read in clause.read
        },
        "parameters": {
            source.name: {
                "value": plain(source.value),
                "since": source.since.isoformat() if source.since else None,
                "source": source.source,
            }
            for source in (dated_source(rule.parameters[name], on) for name, _ in clause.parameters)
        },
        "settled_by": [_both(text) for text in settled_by(clause, origins)],
    }


def _compared(part: Compared, rule: Rule, rulebook: Rulebook) -> Data:
    comparison, kind = part.comparison, part.comparison.value.type
    options = comparison.threshold.value if isinstance(comparison.threshold.value, tuple) else part.threshold
    names = {lang: titled(comparison.value, rulebook, dict(rule.parameters), lang) for lang in ("zh", "en")}
    said = {lang: sentence(part, rule.parameters, rulebook, lang) for lang in ("zh", "en")}
    return {
        "what": names,
        "operator": comparison.operator,
        "value": plain(part.value),
        "threshold": plain(options),
        "margin": plain(part.margin),
        "unit": "days" if kind.kind == "date" else kind.unit,
        **({"divisor": kind.divisor} if kind.divisor != 1 else {}),
        "outcome": OUTCOME_NAMES[part.outcome],
        "fields": [".".join(field) for field in sorted(fields_of(comparison.condition))],
        "parameters": sorted(parameters_of(comparison.condition)),
        "sentence": said,
    }


def _read(field: tuple[str, str], value: object, origins: Origins, batches: Batches, row_key: str) -> Data:
    """A field with its value and where it comes from: registers, their files, and the row if it is a row's."""
    registers = [
        {
            "register": register.name,
            "title": _both(register.title),
            "source": _both(register.source) if register.source else None,
            "files": [{"file": batch.file, "sha256": batch.sha256} for batch in batches.get(register.name, ())],
        }
        for register in origins.registers([field])
    ]
    through = list(origins.of(field).through)
    return {
        "title": _both(field_title(origins.rulebook, *field)),
        "value": plain(value),
        "registers": registers,
        "through": through,
        "row": row_key if field[0] != "enterprise" else None,
    }


def _both(text: Text) -> Data:
    return {"zh": text.zh, "en": text.en}
