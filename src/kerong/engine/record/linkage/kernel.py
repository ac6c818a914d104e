"""The loops of linkage, compiled by Numba: likenesses of two texts, levels of a pair, pairs of a block.

Numba keeps what it compiled and compiles anew when this file changes: so all that is compiled stands here. Texts are
code points, a value is a number, -1 is no value. Nothing here depends on the order in which rows came.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kerong.compiled import compiled

Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

EQUAL, DAMERAU, JARO_WINKLER, OVERLAP, CONTAINED, WITHIN = range(6)
LONGEST = 200  # characters of a text that a likeness looks at; equality looks at all of them


class Values(NamedTuple):
    """What is known of every value: its characters, its tokens, its number, what its frequency adds to a weight."""

    codes: Shorts  # [term, row]: the value, or -1
    chars: Shorts
    char_start: Ints
    tokens: Shorts
    token_start: Ints
    token_weight: Floats
    number: Floats
    adjust: Floats


class Scheme(NamedTuple):
    """Comparisons as arrays. Level 0 of a comparison is "no evidence", 1.. its levels, the last one "else"."""

    order: Shorts  # of comparisons, the cheapest first
    start: Shorts  # of the levels of a comparison; one more than comparisons
    measure: Shorts
    term: Shorts
    bound: Floats
    by_frequency: Bytes  # whether the value's frequency adds to the weight
    weight: Floats  # of a level, log2(m / u)
    otherwise: Floats  # of a comparison whose levels all fail
    best_rest: Floats  # the most that the comparisons after a place in the order can add
    stride: Ints  # of a comparison's level in the number of a pattern
    naming: Shorts  # comparisons that read the name alone
    named: float  # bits from which an equal name alone makes a pair likely


class Blocks(NamedTuple):
    """Rows listed block by block; `window` 0: all pairs of a block, else each row with so many that follow it.

    `number` is what `Met` calls the block; -1 for a block that is not compared whole.
    """

    rows: Shorts
    start: Ints
    middle: Ints  # where the right side begins; equal to `start` where there is one side
    end: Ints
    window: Ints
    number: Ints


class Met(NamedTuple):
    """The blocks of every row under the keys so far, the last one being looked at: so each pair is met once.

    `block` [slot, row] is -1 where a row has none; the slots of key k begin at `start[k]`.
    """

    block: Shorts
    start: Ints


@compiled
def jaro_winkler(chars: Shorts, a: int, n: int, b: int, m: int, seen: Bytes) -> float:
    """The likeness of Jaro and Winkler (prefix of 4, weight 0.1, only above 0.7) of two texts in `chars`."""
    if n == 0 or m == 0:
        return 0.0
    reach = max(0, max(n, m) // 2 - 1)
    seen[: n + m] = 0
    matches = 0
    for i in range(n):
        for j in range(max(0, i - reach), min(m, i + reach + 1)):
            if seen[n + j] == 0 and chars[a + i] == chars[b + j]:
                seen[i] = 1
                seen[n + j] = 1
                matches += 1
                break
    if matches == 0:
        return 0.0
    moved = 0
    j = 0
    for i in range(n):
        if seen[i]:
            while seen[n + j] == 0:
                j += 1
            if chars[a + i] != chars[b + j]:
                moved += 1
            j += 1
    jaro = (matches / n + matches / m + (matches - moved // 2) / matches) / 3
    prefix = 0
    while prefix < min(4, n, m) and chars[a + prefix] == chars[b + prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


@compiled
def damerau(chars: Shorts, a: int, n: int, b: int, m: int, most: int, rows: Shorts) -> int:
    """Insertions, deletions, changes and swaps of neighbours between two texts; `most` + 1 where there are more."""
    if abs(n - m) > most:
        return most + 1
    width = m + 1
    for j in range(width):
        rows[j] = j
    for i in range(1, n + 1):
        now, last, before = (i % 3) * (LONGEST + 1), ((i - 1) % 3) * (LONGEST + 1), ((i - 2) % 3) * (LONGEST + 1)
        rows[now] = i
        least = i
        for j in range(1, width):
            same = chars[a + i - 1] == chars[b + j - 1]
            cost = min(rows[last + j] + 1, rows[now + j - 1] + 1, rows[last + j - 1] + (0 if same else 1))
            swaps = i > 1 and j > 1 and chars[a + i - 1] == chars[b + j - 2] and chars[a + i - 2] == chars[b + j - 1]
            if swaps:
                cost = min(cost, rows[before + j - 2] + 1)
            rows[now + j] = cost
            least = min(least, cost)
        if least > most:
            return most + 1
    return int(min(most + 1, rows[(n % 3) * (LONGEST + 1) + m]))


@compiled
def shared_weight(values: Values, x: int, y: int, contained: bool) -> float:
    """Weight of the tokens that two values share, as a share of all their tokens or of those of the lighter one."""
    i, j = values.token_start[x], values.token_start[y]
    end_x, end_y = values.token_start[x + 1], values.token_start[y + 1]
    shared, all_x, all_y = 0.0, 0.0, 0.0
    while i < end_x or j < end_y:
        if j >= end_y or (i < end_x and values.tokens[i] < values.tokens[j]):
            all_x += values.token_weight[values.tokens[i]]
            i += 1
        elif i >= end_x or values.tokens[j] < values.tokens[i]:
            all_y += values.token_weight[values.tokens[j]]
            j += 1
        else:
            weight = values.token_weight[values.tokens[i]]
            shared, all_x, all_y = shared + weight, all_x + weight, all_y + weight
            i, j = i + 1, j + 1
    whole = min(all_x, all_y) if contained else all_x + all_y - shared
    return shared / whole if whole > 0 else 0.0


@compiled
def likeness(values: Values, measure: int, bound: float, x: int, y: int, seen: Bytes, rows: Shorts) -> float:
    """How alike two values are by a measure; for DAMERAU and WITHIN the distance with its sign changed."""
    if measure == WITHIN:
        return float(-abs(values.number[x] - values.number[y]))
    if measure in (OVERLAP, CONTAINED):
        return shared_weight(values, x, y, measure == CONTAINED)
    a, b = values.char_start[x], values.char_start[y]
    n, m = values.char_start[x + 1] - a, values.char_start[y + 1] - b
    if measure == DAMERAU:
        return -float(damerau(values.chars, a, n, b, m, int(bound), rows))
    return jaro_winkler(values.chars, a, n, b, m, seen)


@compiled
def level_of(values: Values, scheme: Scheme, c: int, i: int, j: int, seen: Bytes, rows: Shorts) -> int:
    """The level of comparison `c` for rows `i` and `j`; 0 where they share no known term."""
    known_term, known_measure, known = -1, -1, 0.0
    evidence = False
    for level in range(scheme.start[c], scheme.start[c + 1]):
        term, measure, bound = scheme.term[level], scheme.measure[level], scheme.bound[level]
        x, y = values.codes[term, i], values.codes[term, j]
        if x < 0 or y < 0:
            continue
        evidence = True
        if x == y:
            holds = True
        elif measure == EQUAL:
            holds = False
        else:
            if term != known_term or measure != known_measure or measure == DAMERAU:
                known = likeness(values, measure, bound, x, y, seen, rows)
                known_term, known_measure = term, measure
            holds = known >= (-bound if measure in (DAMERAU, WITHIN) else bound)
        if holds:
            return int(level - scheme.start[c] + 1)
    return scheme.start[c + 1] - scheme.start[c] + 1 if evidence else 0


@compiled
def weight_of(values: Values, scheme: Scheme, c: int, level: int, i: int, j: int) -> float:
    """What a level adds to the weight of a pair, in bits."""
    if level == 0:
        return 0.0
    place = scheme.start[c] + level - 1
    if place == scheme.start[c + 1]:
        return float(scheme.otherwise[c])
    added = scheme.weight[place]
    if scheme.by_frequency[place]:
        term = scheme.term[place]
        x, y = values.codes[term, i], values.codes[term, j]
        added += min(values.adjust[x], values.adjust[y])
    return float(added)


@compiled
def patterns(values: Values, scheme: Scheme, left: Shorts, right: Shorts) -> Ints:
    """The pattern of levels of every given pair, as one number."""
    found = np.zeros(len(left), np.int64)
    seen, rows = np.zeros(2 * LONGEST + 2, np.uint8), np.zeros(3 * (LONGEST + 1), np.int32)
    for pair in range(len(left)):
        for c in range(len(scheme.otherwise)):
            level = level_of(values, scheme, c, left[pair], right[pair], seen, rows)
            found[pair] += level * scheme.stride[c]
    return found


@compiled
def is_met(met: Met, number: int, i: int, j: int) -> bool:
    """Whether an earlier key has both rows in one of its blocks, or this key in a block before `number`."""
    last = len(met.start) - 2
    for key in range(last + 1):
        for a in range(met.start[key], met.start[key + 1]):
            block = met.block[a, i]
            if block < 0 or (key == last and number >= 0 and block >= number):
                continue
            for b in range(met.start[key], met.start[key + 1]):
                if met.block[b, j] == block:
                    return True
    return False


@compiled
def scored(values: Values, scheme: Scheme, i: int, j: int, cut: float, seen: Bytes, rows: Shorts) -> tuple[float, int]:
    """The weight of a pair and its pattern; pattern -1 as soon as it is sure to stay below `cut`."""
    weight, pattern = 0.0, 0
    for place in range(len(scheme.order)):
        c = scheme.order[place]
        level = level_of(values, scheme, c, i, j, seen, rows)
        weight += weight_of(values, scheme, c, level, i, j)
        pattern += level * scheme.stride[c]
        if weight + scheme.best_rest[place] < cut:
            return weight, -1
    return weight, pattern


@compiled
def is_named(values: Values, scheme: Scheme, i: int, j: int) -> bool:
    """Whether two rows have the same name, and one so rare that it alone makes them likely to be one firm."""
    bits = 0.0
    for c in scheme.naming:
        x, y = values.codes[scheme.term[scheme.start[c]], i], values.codes[scheme.term[scheme.start[c]], j]
        if x >= 0 and y >= 0:
            if x != y:
                return False
            bits += weight_of(values, scheme, c, 1, i, j)
    return bits >= scheme.named


@compiled
def named(values: Values, scheme: Scheme, left: Shorts, right: Shorts) -> Bytes:
    """Which of the given pairs have one rare name."""
    found = np.zeros(len(left), np.uint8)
    for pair in range(len(left)):
        found[pair] = is_named(values, scheme, left[pair], right[pair])
    return found


@compiled
def scan(
    values: Values,
    scheme: Scheme,
    blocks: Blocks,
    met: Met,
    first: int,
    last: int,
    cut: float,
    two_sides: int,
    left: Shorts,
    right: Shorts,
    weight: Floats,
    pattern: Ints,
) -> tuple[int, int]:
    """Pairs of the blocks `first` to `last` that weigh at least `cut` or have one rare name, into the last four; how
    many, and how many met.

    `two_sides` is the number of rows of the left table, or 0 where a table is compared with itself.
    """
    seen, rows = np.zeros(2 * LONGEST + 2, np.uint8), np.zeros(3 * (LONGEST + 1), np.int32)
    kept, looked = 0, 0
    for block in range(first, last):
        begin, end, window = blocks.start[block], blocks.end[block], blocks.window[block]
        middle = blocks.middle[block]
        for p in range(begin, middle if window == 0 and two_sides else end):
            q_from = middle if window == 0 and two_sides else p + 1
            for q in range(q_from, end if window == 0 else min(end, p + 1 + window)):
                i, j = min(blocks.rows[p], blocks.rows[q]), max(blocks.rows[p], blocks.rows[q])
                if i == j or (two_sides and not (i < two_sides <= j)) or is_met(met, blocks.number[block], i, j):
                    continue
                looked += 1
                least = -1e18 if is_named(values, scheme, i, j) else cut
                bits, number = scored(values, scheme, i, j, least, seen, rows)
                if number >= 0:
                    left[kept], right[kept], weight[kept], pattern[kept] = i, j, bits, number
                    kept += 1
    return kept, looked


@compiled
def rivals(
    values: Values,
    scheme: Scheme,
    left: Shorts,
    right: Shorts,
    weight: Floats,
    start: Ints,
    near: Shorts,
    edge: Ints,
    apart: Bytes,
) -> tuple[Floats, Floats]:
    """For pairs of one table: the odds of all rivals together, and the bits of the best one (-1e9 where
    there is none).

    A rival of the pair (i, j) is a row that is like one of them and not like the other: given that both are
    like i, j and
    a third row are taken to be two firms with probability 1 / (1 + what the evidence between them says).
    `near` lists the
    neighbours of row r from `start[r]` on, ascending, and `edge` the pair by which they are. Pairs that are `apart` are
    two firms for certain: a third row that is like i and apart from j sets the margin.
    """
    seen, rows = np.zeros(2 * LONGEST + 2, np.uint8), np.zeros(3 * (LONGEST + 1), np.int32)
    odds, best = np.zeros(len(left)), np.full(len(left), -1e9)
    for pair in range(len(left)):
        i, j = left[pair], right[pair]
        a, b = start[i], start[j]
        while a < start[i + 1] or b < start[j + 1]:
            of_i = b >= start[j + 1] or (a < start[i + 1] and near[a] < near[b])
            of_j = a >= start[i + 1] or (b < start[j + 1] and near[b] < near[a])
            if not of_i and not of_j:
                one, two = edge[a], edge[b]
                a, b = a + 1, b + 1
                if apart[one] != apart[two]:
                    # no doubt that the pair is alike, only which of the two it is: that is for a steward
                    best[pair] = max(best[pair], weight[two] if apart[one] else weight[one])
                continue
            other, third, far = (edge[a], near[a], j) if of_i else (edge[b], near[b], i)
            a, b = (a + 1, b) if of_i else (a, b + 1)
            # what weighs little beside the pair itself is no rival, and need not be asked
            if other == pair or weight[other] < weight[pair] - 40.0:
                continue
            between, _ = scored(values, scheme, min(far, third), max(far, third), -1e18, seen, rows)
            bits = weight[other] - np.log2(1.0 + 2.0 ** min(between, 500.0))
            odds[pair] += 2.0 ** min(bits, 500.0)
            best[pair] = max(best[pair], bits)
    return odds, best


@compiled
def groups(rows: int, left: Shorts, right: Shorts, chosen: Bytes) -> Shorts:
    """The smallest row of the group of every row, where the chosen pairs join rows."""
    parent = np.arange(rows).astype(np.int32)
    for pair in range(len(left)):
        if not chosen[pair]:
            continue
        a, b = left[pair], right[pair]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[max(a, b)] = min(a, b)
    for row in range(rows):
        root = row
        while parent[root] != root:
            root = parent[root]
        parent[row] = root
    return parent
