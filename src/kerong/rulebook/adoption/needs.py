"""What a rule reads: the columns that it needs, those that they need in turn, and what each of them means."""

from collections.abc import Iterable, Iterator

from kerong.rulebook.content import Formula, Measure, Place, Rule, Rulebook
from kerong.rulebook.tree import Node, fields_of, parameters_of

Key = tuple[str, str]  # table and column
GIVEN = ("enterprise_id", "other_names", "row_key")  # columns that every region has


def nodes_of(rule: Rule) -> Iterator[Node]:
    """Every expression of a rule."""
    found = [clause.condition for clause in rule.clauses] + list(rule.fingerprint)
    found += [node for limit in rule.limits for node in (limit.fen, limit.year, limit.priority) if node is not None]
    if rule.amount is not None:
        found += [node for node in (rule.amount.fen, rule.amount.base, rule.amount.payee) if node is not None]
    if rule.leverage is not None:
        found.append(rule.leverage.drawn)
    yield from found
    yield from (node for node in (rule.sequence, rule.benefit) if node is not None)


def columns_of(rule: Rule) -> set[Key]:
    """The columns that a rule reads, and those that its cases name."""
    read = {key for node in nodes_of(rule) for key in fields_of(node) if key[0]}
    for case in rule.cases:
        for subject in (case.given, *case.rows):
            read |= {(table, column) for table, _, column in (name.partition(".") for name in subject)}
    return read


def defined(book: Rulebook, key: Key) -> Measure | Formula | None:
    """The measure or formula of a column; None: a register gives it, or nothing."""
    table, name = key
    if table != "enterprise":
        return next((formula for formula in book.row_formulas.get(table, ()) if formula.name == name), None)
    return book.measures.get(name) or book.formulas.get(name)


def read_by(found: Measure | Formula) -> set[Key]:
    """The columns that a measure or formula reads."""
    return {key for node in _nodes(found) for key in fields_of(node)}


def parameters_read(found: Measure | Formula) -> list[str]:
    """The parameters and tables that a measure or formula reads, by name."""
    return sorted({name for node in _nodes(found) for name in parameters_of(node)})


def _nodes(found: Measure | Formula) -> list[Node]:
    nodes = (found.value,) if isinstance(found, Formula) else (found.value, found.by, found.where)
    return [node for node in nodes if node is not None]


def everything(book: Rulebook, roots: Iterable[Key]) -> tuple[list[Key], list[str]]:
    """(columns, registers): all that the columns need, directly or through others, sorted."""
    waiting, seen = list(roots), set()
    registers = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        registers |= {key[0]} & set(book.registers)
        found = defined(book, key)
        if found is not None:
            waiting += read_by(found)
            registers |= {found.over} if isinstance(found, Measure) else set()
    return sorted(seen), sorted(registers)


def meaning(book: Rulebook, key: Key) -> object:
    """What a column means in a region, to be compared with what it means in another; None: it is not there.

    Numbers do not count: they are a region's own. Whence a register has it does not count either.
    """
    table, name = key
    found = defined(book, key)
    if isinstance(found, Measure):
        window = (found.window, found.skip, found.at_least)
        return found.over, found.aggregate, found.value, found.by, found.where, window
    if isinstance(found, Formula):
        return found.value, found.round
    if name in GIVEN or (table == "enterprise" and name in book.region.provides):
        return "given"
    register = book.registers.get(table)
    column = register.columns.get(name) if register is not None else None
    return None if column is None else (column.type, tuple(column.codes))


def place_of(book: Rulebook, key: Key) -> Place | None:
    """Where a column is defined."""
    found = defined(book, key) or book.registers.get(key[0])
    return None if found is None else found.place
