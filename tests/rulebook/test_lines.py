"""A table stands on the line of its header, whatever stands around it."""

from collections import Counter

import tomli
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook.lines import Lines, Path, lines_of
from kerong.store.packs import read_pack

BODIES = (
    "x = 1 # [a]",
    'text = """\n[a]\n  [[b]]\n"""',
    "text = '''\n[c]\n'''",
    'list = [\n  ["[a]"],\n]',
    "# [a]",
    "",
    "  ",
)
blocks = st.lists(
    st.tuples(
        st.sampled_from(["[[{}]]", "  [[ {} ]]  # [x]", "\t[[{}]]\r"]),
        st.sampled_from(["a", "b", "when", "a.case", '"2024-01-01"', "odd-name"]),
        st.lists(st.sampled_from(BODIES), unique_by=lambda body: body.partition(" ")[0], max_size=3),
    ),
    max_size=8,
)


@given(blocks)
def test_every_header_is_found_on_its_line_and_what_looks_like_one_is_not(
    found: list[tuple[str, str, list[str]]],
) -> None:
    text, wanted, counts = "", {}, Counter[str]()
    for form, name, body in found:
        if name == "a.case" and not counts["a"]:
            continue
        above: Path = ("a", counts["a"] - 1) if name == "a.case" else ()
        key = f"{counts['a'] if above else ''} {name}"
        wanted[(*above, name.rpartition(".")[2].strip('"'), counts[key])] = text.count("\n") + 1
        counts[key] += 1
        counts["a"] += name == "a"
        text += "\n".join([form.format(name), *body, ""])
    tomli.loads(text)
    lines = Lines("pack.toml", text)
    assert {path: lines.of(path) for path in wanted} == {path: ("pack.toml", line) for path, line in wanted.items()}
    assert (lines.tables or {}) == wanted


def test_headers_found_alone_are_those_found_among_the_keys() -> None:
    for file, text in read_pack("demo").items():
        lines = Lines(file, text)
        lines.of(("no such key",))
        assert lines.tables is not None
        assert lines.tables.items() <= lines_of(text).items()
        assert len(lines.tables) == sum(
            line.lstrip(" \t").startswith("[") and line.rstrip(" \r").endswith("]") for line in text.split("\n")
        )
