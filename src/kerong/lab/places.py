"""What the city takes from a region pack: its name, districts, institutions and the mapping files of its registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook import load
from kerong.rulebook.content import Register

READ = ("region.toml", "registers/", "measures/", "networks/", "formulas/", "documents/")


@dataclass(frozen=True, slots=True)
class Places:
    """`city` is the name without 市; institutions are codes by kind, `called` their names by code.

    `roots` registers say which firms exist.
    """

    city: str
    default_on: date
    districts: tuple[str, ...]
    institutions: Mapping[str, tuple[str, ...]]
    called: Mapping[str, str]
    registers: Mapping[str, Register]
    roots: tuple[str, ...]


def places_of(texts: Mapping[str, str]) -> Places:
    """Places of a pack given as texts by relative path; its rules and indicators are not looked at.

    Raises:
        RulebookErrors: region.toml or a file that it builds upon (registers, measures, formulas) is wrong.
        ValueError: the region declares no district, or its codes are no six digits.
    """
    book = load({file: text for file, text in texts.items() if file.startswith(READ)})
    districts = tuple(district.code for district in book.region.districts)
    if not districts or not all(len(code) == 6 and code.isdigit() for code in districts):
        raise ValueError(f"region {book.region.name}: a synthetic city needs districts with codes of six digits")
    kinds: dict[str, tuple[str, ...]] = {}
    for institution in book.region.institutions:
        kinds[institution.kind] = (*kinds.get(institution.kind, ()), institution.code)
    return Places(
        default_on=book.region.default_on,
        city=book.region.title.zh.removesuffix("市"),
        districts=districts,
        institutions=kinds,
        called={institution.code: institution.title.zh for institution in book.region.institutions},
        registers=book.registers,
        roots=book.region.enterprise_from,
    )
