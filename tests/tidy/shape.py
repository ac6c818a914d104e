"""Sizes, names and docstrings of source files."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import Source

FILE_LINES = 400
FUNCTION_LINES = 70
WORDS_IN_A_TEST_NAME = 4
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, methods and inner ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_file(source: Source) -> list[str]:
    """The file, if it has more lines than a file may have."""
    lines = source.text.count("\n")
    return [f"{source.path} has {lines} lines, more than {FILE_LINES}"] if lines > FILE_LINES else []


def long_functions(source: Source) -> list[str]:
    """Functions of more lines than a function may have."""
    sizes = [(node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions(source)]
    return [
        f"{source.path}:{node.lineno} {node.name} has {lines} lines, more than {FUNCTION_LINES}"
        for node, lines in sizes
        if lines > FUNCTION_LINES
    ]


def empty_name(source: Source) -> list[str]:
    """The file, if its name or a folder of it says nothing about the field."""
    parts = re.split(r"[/.]", source.path)
    return [f"{source.path}: {part} says nothing" for part in parts if part.lower() in EMPTY_NAMES]


def silent_functions(source: Source) -> list[str]:
    """Public functions of a module without a docstring."""
    public = [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    return [
        f"{source.path}:{node.lineno} {node.name} has no docstring" for node in public if not ast.get_docstring(node)
    ]


def terse_tests(source: Source) -> list[str]:
    """Tests whose names are no sentences."""
    return [
        f"{source.path}:{node.lineno} {node.name} is no sentence"
        for node in functions(source)
        if node.name.startswith("test_") and len(node.name.split("_")) - 1 < WORDS_IN_A_TEST_NAME
    ]


def busy_package(source: Source) -> list[str]:
    """Statements of an `__init__.py` that are neither imports, docstring nor dunder names."""
    found = []
    for node in source.tree.body:
        names = [ast.unparse(target) for target in node.targets] if isinstance(node, ast.Assign) else []
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_dunder = bool(names) and all(re.fullmatch(r"__\w+__", name) for name in names)
        if not (isinstance(node, ast.Import | ast.ImportFrom) or is_docstring or is_dunder):
            found.append(f"{source.path}:{node.lineno} does more than re-export")
    return found


def hidden_failures(source: Source) -> list[str]:
    """`except:` without a kind of error, and handlers that only pass over every error."""
    handlers = [node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    return [f"{source.path}:{node.lineno} catches everything" for node in handlers if node.type is None]
