"""Code lists of a pack and the former names of a register: what their authors are told."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import pack

LIST = """
name = "places"
title = { zh = "区划", en = "Places" }
type = "district"
edition = { zh = "某版", en = "An edition" }
now = '''
32 江苏省
3205 苏州市: 05虎丘区 08姑苏区
'''
former = '''
320502 沧浪区 2011-10 320508
'''
"""
DISTRICT = """
[column.district]
title = { zh = "区县", en = "District" }
header = ["区县"]
type = "district"
"""
DATED = """
[column.before]
title = { zh = "变更前", en = "Before" }
header = ["变更前"]
type = "text"
[column.changed_on]
title = { zh = "变更日期", en = "Changed on" }
header = ["变更日期"]
type = "date"
"""


def errors(texts: dict[str, str]) -> list[str]:
    with pytest.raises(RulebookErrors) as caught:
        load(texts)
    return [str(error) for error in caught.value.errors]


def test_a_column_of_the_lists_type_is_read_through_it() -> None:
    texts = pack(codes_places=LIST, firm=DISTRICT)
    held = load(texts).registers["firm"].columns["district"].code_list
    assert held is not None
    assert dict(held.wider) == {"320000": "江苏省", "320500": "苏州市"}
    assert held.codes["320505"] == "虎丘区"
    assert held.successors("320502") == ("320508",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("05虎丘区", "虎丘区", "now: '3205 苏州市: 虎丘区 08姑苏区'"),
        ("08姑苏区", "05姑苏区", "now: 320505 stands there twice"),
        ("2011-10 320508", "2011 320508", "former: '320502 沧浪区 2011 320508'"),
        ("2011-10 320508", "2011-10 320599", "320502 became 320599, which is neither in force nor former"),
        ("2011-10 320508", "2011-10 320502", "320502 becomes itself by way of 320502"),
        ('type = "district"', 'type = "place"', "place"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    told = errors(pack(codes_places=LIST.replace(old, new), firm=DISTRICT))
    assert any(words in line and line.startswith("codes/places.toml:") for line in told), told


FORMER = '[former_name]\ncolumn = "before"\nuntil = "changed_on"\n'


def test_former_names_need_a_column_of_text_and_one_of_days() -> None:
    former = load(pack(firm=DATED + FORMER)).registers["firm"].former_name
    assert former is not None
    assert (former.column, former.until, former.where) == ("before", "changed_on", None)
    swapped = FORMER.replace('"before"', '"changed_on"').replace('until = "changed_on"', 'until = "before"')
    told = errors(pack(firm=DATED + swapped))
    assert any("former_name: column = 'changed_on' is no column of type text" in line for line in told)
    assert any("former_name: until = 'before' is no column of type date" in line for line in told)


def test_a_condition_of_former_names_is_checked_like_any_other() -> None:
    told = errors(pack(firm=DATED + FORMER + "where = \"firm.item = 'name'\"\n"))
    assert any("firm.item" in line for line in told)
