"""Texts as tokens, by compiled loops: words, and of Chinese each two neighbours. All that is compiled here
stands here."""

import numpy as np
import numpy.typing as npt

from kerong.compiled import compiled

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
        begin = count
        for place in range(start[value], start[value + 1]):
            new = tokens[place]
            at = count
            while at > begin and found[at - 1] > new:
                at -= 1
            if at > begin and found[at - 1] == new:
                continue
            found[at + 1 : count + 1] = found[at:count].copy()
            found[at] = new
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


@compiled
def hash_of(chars: Shorts, begin: int, end: int) -> int:
    """A word as one number, as `tokens_of` numbers words."""
    word = np.int64(1469598103934665603)
    for at in range(begin, end):
        word = (word ^ np.int64(chars[at])) * np.int64(1099511628211)
    return int(word)


@compiled
def is_word(words: Ints, chars: Shorts, begin: int, end: int) -> bool:
    """Whether a stretch of a text is one of the words, which are sorted numbers."""
    number = hash_of(chars, begin, end)
    place = np.searchsorted(words, number)
    return bool(place < len(words) and words[place] == number)


@compiled
def words_from(words: Ints, chars: Shorts, begin: int, end: int, longest: int) -> int:
    """The length of the longest word that begins at a place; 0 where none does."""
    for length in range(min(longest, end - begin), 0, -1):
        if is_word(words, chars, begin, begin + length):
            return length
    return 0


@compiled
def without_ends(words: Ints, chars: Shorts, begin: int, end: int, longest: int, leave: int) -> int:
    """Where a text ends once words are taken off its end, as many as there are; `leave` characters stay at least."""
    found = True
    while found:
        found = False
        for length in range(min(longest, end - begin - leave), 0, -1):
            if is_word(words, chars, end - length, end):
                end -= length
                found = True
                break
    return end


@compiled
def place_end(places: Ints, status: Ints, chars: Shorts, begin: int, end: int) -> int:
    """Where the places end with which a text begins, 省 and 市 and their like included; `begin` where there
    are none."""
    at = begin
    while at < end:
        length = words_from(places, chars, at, end, 6)
        if length == 0:
            break
        at += length
        at += words_from(status, chars, at, end, 6)
    return at


@compiled
def name_spans(
    chars: Shorts, start: Ints, places: Ints, status: Ints, trades: Ints, forms: Ints
) -> tuple[Shorts, Ints, Ints]:
    """Names without their brackets: characters, where each begins, and [name, 6] where its parts begin and end.

    The six: end of the leading place, begin of the core, end of the core, end of the trade, begin and end of
    a place in
    brackets, counted in `chars` itself for the last two. The form is what follows the trade.
    """
    bare = np.empty(len(chars), np.int32)
    begins = np.zeros(len(start), np.int64)
    spans = np.zeros((len(start) - 1, 6), np.int64)
    count = 0
    for name in range(len(start) - 1):
        a, e = start[name], start[name + 1]
        body = without_ends(forms, chars, a, e, 12, 1)
        first = count
        for at in range(a, e):
            if chars[at] == 40 and at < body:
                closing = place_end(places, status, chars, at + 1, body)
                if closing > at + 1 and closing < body and chars[closing] == 41:
                    spans[name, 4], spans[name, 5] = at + 1, closing
            inside = spans[name, 4] - 1 <= at <= spans[name, 5] and spans[name, 5] > 0
            if not inside and chars[at] != 40 and chars[at] != 41:
                bare[count] = chars[at]
                count += 1
        stop = without_ends(forms, bare, first, count, 12, 1)
        begin = place_end(places, status, bare, first, stop)
        if stop - begin < 2:
            begin = first
        spans[name, 0] = begin
        if begin > first:
            for length in range(4, 2, -1):  # 海淀区, 工业园区
                last = begin + length - 1
                if last < stop - 2 and (bare[last] == 0x533A or bare[last] == 0x53BF):
                    begin = last + 1
                    break
        spans[name, 1], spans[name, 3] = begin, stop
        spans[name, 2] = without_ends(trades, bare, begin, stop, 4, 2)
        begins[name + 1] = count
    return bare[:count], begins, spans
