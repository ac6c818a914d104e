"""What must not stand in any file, and what lock files must look like."""

import re

from tests.tidy.source import Source

# Written in halves, so that this file is not found by its own rules.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js",
    "registry.yarn" + "pkg",
    "npm" + "mirror",
)
PATHS = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w", r"[A-Z]:\\\\Us" + "ers")
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK", "raise NotImplemented" + "Error")


def forbidden_words(source: Source) -> list[str]:
    """Package registries, paths of a developer's machine and marks of unfinished work, with their lines."""
    patterns = {
        "a package registry": re.compile("|".join(map(re.escape, REGISTRIES))),
        "a path of somebody's machine": re.compile(rf"(?<![\w.}}/-])({'|'.join(PATHS)})"),
        "unfinished work": re.compile(rf"\b({'|'.join(UNFINISHED)})\b"),
    }
    return [
        f"{source.path}:{number} names {what}: {found[0]}"
        for number, line in enumerate(source.text.splitlines(), start=1)
        for what, pattern in patterns.items()
        if (found := pattern.search(line))
    ]


def loose_requirements(source: Source) -> list[str]:
    """Lines of a requirements file that are no exact version with hashes, and requirements without a hash."""
    entries = re.sub(r"\\\n", " ", source.text).splitlines()
    return [
        f"{source.path}: {entry[:60]} is not pinned with hashes"
        for entry in entries
        if entry.strip() and not re.match(r"[a-z0-9][a-z0-9._-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ]


def lock_addresses(source: Source) -> list[str]:
    """Download addresses in an npm lock file."""
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{source.path}:{number} carries a download address" for number, line in lines if '"resolved"' in line]
