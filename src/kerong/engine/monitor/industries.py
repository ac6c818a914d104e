"""Names of industries by code: sections of GB/T 4754-2017 (a letter first) and sectors of NAICS 2022 (digits)."""

SECTIONS: dict[str, tuple[str, str]] = {
    "A": ("农林牧渔业", "Agriculture"),
    "B": ("采矿业", "Mining"),
    "C": ("制造业", "Manufacturing"),
    "D": ("电力、热力、燃气及水", "Energy and water"),
    "E": ("建筑业", "Construction"),
    "F": ("批发和零售业", "Wholesale and retail"),
    "G": ("交通运输、仓储和邮政业", "Transport and post"),
    "H": ("住宿和餐饮业", "Hotels and catering"),
    "I": ("信息技术服务业", "Information technology"),
    "J": ("金融业", "Finance"),
    "K": ("房地产业", "Real estate"),
    "L": ("租赁和商务服务业", "Leasing and business services"),
    "M": ("科学研究和技术服务业", "Research and technical services"),
    "N": ("水利、环境和公共设施", "Water, environment, public facilities"),
    "O": ("居民服务、修理和其他", "Household and repair services"),
    "P": ("教育", "Education"),
    "Q": ("卫生和社会工作", "Health and social work"),
    "R": ("文化、体育和娱乐业", "Culture, sports, entertainment"),
    "S": ("公共管理、社会保障", "Public administration"),
    "T": ("国际组织", "International organisations"),
}
_SECTORS: dict[str, tuple[str, str]] = {
    "11": ("农林渔猎", "Agriculture and forestry"),
    "21": ("采矿和油气", "Mining, oil and gas"),
    "22": ("公用事业", "Utilities"),
    "23": ("建筑", "Construction"),
    "31": ("制造", "Manufacturing"),
    "32": ("制造", "Manufacturing"),
    "33": ("制造", "Manufacturing"),
    "42": ("批发", "Wholesale trade"),
    "44": ("零售", "Retail trade"),
    "45": ("零售", "Retail trade"),
    "48": ("运输和仓储", "Transport and warehousing"),
    "49": ("运输和仓储", "Transport and warehousing"),
    "51": ("信息", "Information"),
    "52": ("金融和保险", "Finance and insurance"),
    "53": ("房地产和租赁", "Real estate and rental"),
    "54": ("专业、科学和技术服务", "Professional, scientific, technical"),
    "55": ("企业管理", "Management of companies"),
    "56": ("行政和支持服务", "Administrative and support"),
    "61": ("教育", "Education"),
    "62": ("医疗和社会救助", "Health care and social assistance"),
    "71": ("艺术和娱乐", "Arts and entertainment"),
    "72": ("住宿和餐饮", "Accommodation and food"),
    "81": ("其他服务", "Other services"),
    "92": ("公共管理", "Public administration"),
}


def industry_title(code: str | None, lang: str) -> str:
    """The name of the section or sector that a code belongs to; other codes and words stay as they are."""
    if not code:
        return "—"
    head, rest = code[:1], code[1:]
    letter = SECTIONS.get(head) if rest == "" or rest.isdigit() else None
    found = letter or (_SECTORS.get(code[:2]) if code.isdigit() else None)
    return code if found is None else found[0 if lang == "zh" else 1]


def industry_head(code: str) -> str:
    """The section or sector of a code: its letter, or its first two digits; other codes and words are whole."""
    if code.isdigit():
        return code[:2]
    return code[:1] if code[1:].isdigit() else code
