"""The files of the repository as the tidy rules see them."""

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", "node_modules", "vendor", "data", "dist", "build", "__pycache__"}
LEFT_OUT_SUFFIXES = {".png", ".jpg", ".webp", ".woff2", ".ico", ".parquet", ".xlsx", ".gz", ".mo"}


@dataclass(frozen=True)
class Source:
    """A file's path from the root, with forward slashes, and its text."""

    path: str
    text: str

    @property
    def module(self) -> str:
        """`kerong.engine.award.limits` for src/kerong/engine/award/limits.py; a package's own name for `__init__`."""
        parts = Path(self.path).with_suffix("").parts
        parts = parts[1:] if parts[0] == "src" else parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


@cache
def files() -> tuple[Source, ...]:
    """Every text file that is tracked, or would be if it were added."""
    return tuple(Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in sorted(_paths()))


def _paths() -> list[str]:
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    else:
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
    return [path for path in listed if path and _is_text(Path(path))]


def _is_text(path: Path) -> bool:
    kept = not LEFT_OUT & set(path.parts) and path.suffix not in LEFT_OUT_SUFFIXES
    return kept and (ROOT / path).is_file() and not (ROOT / path).is_symlink()


def python(prefix: str = "") -> list[Source]:
    """Python files below a path."""
    return [source for source in files() if source.path.endswith(".py") and source.path.startswith(prefix)]


def all_well(findings: Iterable[str]) -> None:
    """Fails the test with every finding on a line of its own."""
    found = list(findings)
    if found:
        pytest.fail("\n".join(found), pytrace=False)
