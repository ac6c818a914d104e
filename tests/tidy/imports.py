"""Who may import whom: the rooms of ARCHITECTURE.md as a table, and a search for circles."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from tests.tidy.source import Source

FACES = "public|enterprise|institution|fund|government|steward|api"
# Pages and the api use all of web/base but its models: what is read and written goes through selectors and services.
BASE_FOR_FACES = r"kerong\.web\.base(\.(?!models|migrations|management)\w+(\..+)?)?"
PURE = r"kerong\.(engine|rulebook|compiled)(\..+)?"
# room -> what it may import of ours; the first room that fits a module counts, its own room is always allowed
ROOMS: tuple[tuple[str, str], ...] = (
    (r"kerong\.flow", rf"kerong\.(assessment|settlement)(\..+)?|{PURE}"),
    (r"kerong\.assessment", PURE),
    (r"kerong\.settlement", PURE),
    (r"kerong\.past", rf"kerong\.flow(\..+)?|{PURE}"),
    (r"kerong\.compiled(\..+)?", r"kerong\.compiled(\..+)?"),
    (r"kerong\.rulebook(\..+)?", r"kerong\.(rulebook|compiled)(\..+)?"),
    (r"kerong\.engine(\.problems)?", r"kerong\.((rulebook|compiled)(\..+)?|engine\.(problems|\w+_sentences)(\..+)?)"),
    (
        r"kerong\.engine\.(?P<stage>\w+)(\..+)?",
        r"kerong\.((rulebook|compiled)(\..+)?|engine\.(problems|\w+_sentences|{stage})(\..+)?)",
    ),
    (r"kerong\.lab(\..+)?", r"kerong\.(flow|past|engine|rulebook|lab)(\..+)?"),
    (r"kerong\.paper(\..+)?", r"kerong\.(rulebook|engine|paper)(\..+)?"),
    (r"kerong\.store(\..+)?", r"kerong\.(store|compiled)(\..+)?"),
    (r"kerong\.intake(\..+)?", r"kerong\.(rulebook|engine\.(problems|\w+_sentences|record)|store|intake)(\..+)?"),
    (r"kerong\.regions(\..+)?", r"nothing"),
    (
        r"kerong\.web\.base(\..+)?",
        r"kerong\.(flow|assessment|settlement|past|lab|paper|rulebook|engine|store|intake|web\.base)(\..+)?",
    ),
    (rf"kerong\.web\.(?P<face>{FACES})(\..+)?", rf"({BASE_FOR_FACES}|kerong\.web\.{{face}}(\..+)?)"),
    (r"kerong\.web(\.(settings|urls|wsgi|asgi))?", r"kerong\.web(\..+)?"),
    (
        r"kerong\.(cli|__main__|commands(\..+)?)",
        r"kerong\.(cli|flow|past|commands|engine|rulebook|lab|paper|store|intake|web\.base\.(services|selectors))(\..+)?",
    ),
)
OUTSIDE_WORLD = {
    *("django", "os", "io", "sys", "pathlib", "shutil", "tempfile", "sqlite3", "logging"),
    *("time", "random", "secrets", "uuid", "socket", "urllib", "http", "requests"),
    *("subprocess", "asyncio", "threading", "multiprocessing"),
}


def imported(source: Source, top_level_only: bool = False) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of every import; `from a import b` yields `a.b`."""
    nodes: Iterable[ast.AST] = source.tree.body if top_level_only else ast.walk(source.tree)
    package = source.module if source.path.endswith("__init__.py") else source.module.rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def allowed_for(module: str) -> re.Pattern[str] | None:
    """The pattern of what a module may import of ours; None where no room is declared for it."""
    for room, allowed in ROOMS:
        found = re.fullmatch(room, module)
        if found:
            for name, value in found.groupdict().items():
                allowed = allowed.replace("{" + name + "}", value)
            return re.compile(rf"kerong|kerong\.__version__|{allowed}")
    return None


def foreign_imports(source: Source) -> list[str]:
    """Imports of ours that the module's room does not allow, or that its room is not declared."""
    if source.module == "kerong":
        return []
    allowed = allowed_for(source.module)
    if allowed is None:
        return [f"{source.path}: no room is declared for {source.module}"]
    ours = [(line, name) for line, name in imported(source) if name.split(".")[0] == "kerong"]
    return [f"{source.path}:{line} may not import {name}" for line, name in ours if not allowed.fullmatch(name)]


def world_in_pure_code(source: Source) -> list[str]:
    """Imports and calls by which engine or rulebook would reach files, clocks, global chance or Django."""
    found = [
        f"{source.path}:{line} imports {name}" for line, name in imported(source) if name.split(".")[0] in OUTSIDE_WORLD
    ]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if re.fullmatch(
                r"open|print|input|(.+\.)?(now|today|utcnow)|(np|numpy)\.random\.(?!default_rng|SeedSequence|Generator).+"
                r"|(pl|polars)\.(read|scan)_\w+|.+\.(write_(csv|parquet|ipc|excel)|sink_\w+)",
                called,
            ):
                found.append(f"{source.path}:{node.lineno} calls {called}")
    return found


def graph(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Module to the modules that it needs while it is loaded."""
    listed = list(sources)
    known = {source.module for source in listed}
    needs: dict[str, set[str]] = {}
    for source in listed:
        names = {name for _, name in imported(source, top_level_only=True)}
        reached = {name if name in known else name.rpartition(".")[0] for name in names}
        needs[source.module] = (reached & known) - {source.module}
    return needs


def circle(needs: Mapping[str, set[str]]) -> list[str]:
    """One circle of modules, from a module back to itself; empty where there is none."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for needed in sorted(needs.get(module, ())):
            found = walk(needed, [*path, module])
            if found:
                return found
        done.add(module)
        return []

    return next((found for module in sorted(needs) if (found := walk(module, []))), [])
