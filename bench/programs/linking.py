"""Names of firms with errors as clerks make them, linked without labels: what each side works on, and how
well it did."""

from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work

SUFFIXES = ("有限公司", "有限责任公司", "股份有限公司", "科技有限公司", "科技股份有限公司", "贸易有限公司")
CITIES = ("陕西", "西安", "宝鸡", "咸阳", "渭南", "汉中", "榆林", "安康", "商洛", "铜川")
REPEATED = 0.15  # of the firms stand in the table twice
SEED = 9


def firms(count: int, seed: int = SEED) -> tuple[pl.DataFrame, list[int]]:
    """Rows id, name, credit_code, and the firm of each: a second row has another legal form, another
    character, no city,
    no code or a wrong digit in it."""
    rng = np.random.default_rng(seed)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]
    first = int(count / (1 + REPEATED))
    length, picked = rng.integers(2, 5, first), rng.integers(0, len(letters), (first, 4))
    city, suffix = rng.integers(0, len(CITIES), first), rng.integers(0, len(SUFFIXES), first)
    names = [
        CITIES[c] + "".join(letters[place] for place in own[:size]) + SUFFIXES[s]
        for c, own, size, s in zip(city.tolist(), picked.tolist(), length.tolist(), suffix.tolist(), strict=True)
    ]
    codes: list[str | None] = [f"91{number:016d}" for number in rng.integers(0, 10**16, first).tolist()]
    owner = [*range(first), *rng.integers(0, first, count - first).tolist()]
    for firm in owner[first:]:
        name, code = _spoiled(names[firm], str(codes[firm]), rng, letters)
        names.append(name)
        codes.append(code)
    rows = pl.DataFrame({"id": [f"{row:08d}" for row in range(count)], "name": names, "credit_code": codes})
    return rows, owner


def _spoiled(name: str, code: str, rng: np.random.Generator, letters: list[str]) -> tuple[str, str | None]:
    match int(rng.integers(0, 5)):
        case 0:
            return (name if "责任" in name else name.replace("有限公司", "有限责任公司")), code
        case 1:
            place = int(rng.integers(2, len(name) - 4))
            changed = name[:place] + letters[int(rng.integers(0, len(letters)))] + name[place + 1 :]
            return changed, None if rng.random() < 0.5 else code
        case 2:
            return name[2:], None
        case 3:
            return name, None
        case _:
            place = int(rng.integers(2, 18))
            return name, code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]


def linked(scratch: Path, rows: str) -> Work:
    """Ours: a model learned and applied."""
    from kerong.engine.record.linkage import learned_and_deduplicated, standard_plan

    table, _ = firms(int(rows))
    # what is compiled once and kept on disk is no part of the work
    few = table.head(2_000)
    learned_and_deduplicated(few, standard_plan(few))

    def work() -> float:
        _, found = learned_and_deduplicated(table, standard_plan(table))
        return float(found.groups.height) if found.groups is not None else 0.0

    return work


def told(pairs: pl.DataFrame, owner: list[int]) -> str:
    """Precision and recall of pairs of row numbers `left` and `right`."""
    of = np.array(owner)
    right = int((of[pairs["left"].to_numpy()] == of[pairs["right"].to_numpy()]).sum())
    sizes = np.bincount(of)
    true = int((sizes * (sizes - 1) // 2).sum())
    return f"{len(pairs)} pairs, precision {right / max(1, len(pairs)):.4f}, recall {right / true:.4f}"
