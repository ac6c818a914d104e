"""Reading and checking the rulebook of a province: many policies of the size that a city writes."""

import re
from pathlib import Path

from bench.claims import Work
from kerong.rulebook import load
from kerong.store.packs import read_pack

FOLDERS = ("policies/", "products/")
CASE = "\n[[case]]\n"
BYTES = 5_000  # of a rule's file


def rulebook(scratch: Path, rules: str) -> Work:
    """Work that loads the demo region with so many policies; answers with the number of rules.

    The policies are those of the demo region over and over, each under a name of its own and with parameters of its
    own, so that their expressions differ wherever they name one.
    """
    texts = read_pack("demo")
    pack = {file: text for file, text in texts.items() if not file.startswith((*FOLDERS, "limits/", "waterfalls/"))}
    originals = [(file, _shortened(text)) for file, text in sorted(texts.items()) if file.startswith(FOLDERS)]
    for number in range(int(rules)):
        file, text = originals[number % len(originals)]
        pack[file.replace("/", f"/r{number}_")] = _renamed(text, number)

    def work() -> float:
        return float(len(load(pack).rules))

    return work


def _shortened(text: str) -> str:
    """The rule with as many of its cases as a file of that size holds."""
    head, *cases = text.split(CASE)
    while cases and len(CASE.join([head, *cases]).encode()) > BYTES:
        cases.pop()
    return CASE.join([head, *cases])


def _renamed(text: str, number: int) -> str:
    """The rule under another name, as are its parameters."""
    text = re.sub(r'^name = "(\w+)"$', rf'name = "r{number}_\1"', text, count=1, flags=re.MULTILINE)
    for name in re.findall(r"^\[(?:parameter|table)\.(\w+)\]", text, flags=re.MULTILINE):
        text = re.sub(rf"(?:(?<=\[parameter\.)|(?<=\[table\.)|(?<![\w.])){name}\b(?! *=)", f"r{number}_{name}", text)
    return text
