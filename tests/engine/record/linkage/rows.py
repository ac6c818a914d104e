"""Small tables of firms that stand twice, with errors, for the tests of linkage."""

import numpy as np
import polars as pl

PARTS = ("苏州", "南京", "无锡"), "瑞芯微创智蓝海博远恒星图启明锐捷安泰联鼎中晟嘉禾", ("软件", "电子", "医药", "机械")


def firms(count: int, seed: int = 1) -> pl.DataFrame:
    """Rows id, name, legal_representative, telephone, firm: every second firm stands twice, as another
    office writes it."""
    rng = np.random.default_rng(seed)
    places, letters, trades = PARTS
    rows: list[tuple[str, str, str, str | None, int]] = []
    for firm in range(count):
        core = "".join(rng.choice(list(letters), 3))
        place, trade = places[rng.integers(3)], trades[rng.integers(4)]
        boss = "".join(rng.choice(list("王李张刘陈杨赵黄周吴伟芳娜敏静强磊军洋勇"), 3))
        telephone = f"0512{rng.integers(10**7, 10**8)}"
        rows.append((f"a{firm:04d}", f"{place}{core}{trade}有限公司", boss, telephone, firm))
        if firm % 2 == 0:
            other = None if rng.random() < 0.4 else telephone
            rows.append((f"b{firm:04d}", f"{core}（{place}）{trade}有限责任公司", boss, other, firm))
    return pl.DataFrame(rows, schema=["id", "name", "legal_representative", "telephone", "firm"], orient="row")
