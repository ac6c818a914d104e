"""Texts as tokens, by compiled loops: words, and of Chinese each two neighbours. All that is compiled here stands here."""

import numpy as np
import numpy.typing as npt

from kerong.rulebook.machine.kernel import compiled

Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]


@compiled
def is_han(char: int) -> bool:
    """Whether a code point is a Chinese character."""
    return 0x3400 <= char <= 0x9FFF or 0xF900 <= char <= 0xFAFF or 0x20000 <= char <= 0x3FFFF


@compiled
def tokens_of(chars: Shorts, char_start: Ints) -> tuple[Ints, Ints]:
    """Tokens of every text as numbers, with where each text's begin: words, and of Chinese each two neighbours."""
    found = np.zeros(len(chars) + len(char_start), np.int64)
    start = np.zeros(len(char_start), np.int64)
    count = 0
    for value in range(len(char_start) - 1):
        at, end = char_start[value], char_start[value + 1]
        while at < end:
            if is_han(chars[at]):
                if at + 1 < end and is_han(chars[at + 1]):
                    found[count] = (np.int64(chars[at]) << 21) + chars[at + 1]
                    count += 1
                elif at == char_start[value] or not is_han(chars[at - 1]):
                    found[count] = np.int64(chars[at]) << 21
                    count += 1
                at += 1
                continue
            word = np.int64(1469598103934665603)
            length = 0
            while at < end and not is_han(chars[at]) and chars[at] != 32:
                word = (word ^ np.int64(chars[at])) * np.int64(1099511628211)
                length += 1
                at += 1
            if length:
                found[count] = word
                count += 1
            else:
                at += 1
        start[value + 1] = count
    return found[:count], start


@compiled
def sorted_sets(tokens: Shorts, start: Ints) -> tuple[Shorts, Ints]:
    """The tokens of every value sorted, each once."""
    found = np.empty(len(tokens), np.int32)
    ends = np.zeros(len(start), np.int64)
    count = 0
    for value in range(len(start) - 1):
        own = np.sort(tokens[start[value] : start[value + 1]])
        for k in range(len(own)):
            if k == 0 or own[k] != own[k - 1]:
                found[count] = own[k]
                count += 1
        ends[value + 1] = count
    return found[:count], ends


@compiled
def rarest(tokens: Shorts, token_start: Ints, codes: Shorts, rows_of_token: Ints, most: int) -> tuple[Ints, Shorts]:
    """For every row with a value its `most` rarest tokens that another row has too: tokens and rows, row by row."""
    token = np.empty(len(codes) * most, np.int64)
    row = np.empty(len(codes) * most, np.int32)
    count = 0
    for i in range(len(codes)):
        if codes[i] < 0:
            continue
        begin = count
        for place in range(token_start[codes[i]], token_start[codes[i] + 1]):
            new = tokens[place]
            if rows_of_token[new] < 2:
                continue
            if count - begin < most:
                token[count], row[count] = new, i
                count += 1
            else:
                worst = begin
                for k in range(begin + 1, count):
                    if rows_of_token[token[k]] > rows_of_token[token[worst]]:
                        worst = k
                if rows_of_token[new] < rows_of_token[token[worst]]:
                    token[worst] = new
    return token[:count], row[:count]
