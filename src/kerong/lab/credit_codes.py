"""Valid unified social credit codes: GB 32100-2015 around a code of GB 11714-1997, both with their check digit."""

import numpy as np
import numpy.typing as npt

from kerong.lab.window import Whole

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BYTES = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)


def credit_codes(rng: np.random.Generator, districts: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """One code per district given, of type 91 (enterprise), with distinct organisation parts; 18 characters each."""
    organisations = _organisations(rng, len(districts))
    digits = np.empty((len(districts), 18), dtype=np.int64)
    digits[:, 0], digits[:, 1] = 9, 1
    digits[:, 2:8] = np.array([list(code) for code in districts], dtype=np.int64).reshape(len(districts), 6)
    digits[:, 8:17] = organisations
    digits[:, 17] = -(digits[:, :17] @ _WEIGHTS) % 31
    return _BYTES[digits].view("S18").ravel().astype("U18")


def wrong_check_digit(code: str) -> str:
    """The code with another last character: no code that exists."""
    return code[:17] + ALPHABET[(ALPHABET.index(code[17]) + 7) % 31]


def registration_numbers(rng: np.random.Generator, districts: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """One distinct number of GS 15-2006 per district: district, eight digits, check digit of ISO 7064 MOD 11,10."""
    running = rng.permutation(np.unique(rng.integers(0, 10**8, size=len(districts) * 2 + 16)))[: len(districts)]
    digits = np.empty((len(districts), 15), dtype=np.int64)
    digits[:, :6] = np.array([list(code) for code in districts], dtype=np.int64).reshape(len(districts), 6)
    digits[:, 6:14] = running[:, None] // 10 ** np.arange(7, -1, -1) % 10
    check = np.full(len(districts), 10, dtype=np.int64)
    for place in range(14):
        total = (check + digits[:, place]) % 10
        check = np.where(total == 0, 10, total) * 2 % 11
    digits[:, 14] = (11 - check) % 10
    return _BYTES[digits].view("S15").ravel().astype("U15")


def _organisations(rng: np.random.Generator, count: int) -> Whole:
    """Distinct organisation codes as positions in the alphabet, shape (count, 9)."""
    drawn = rng.integers(0, 31**8, size=count * 2 + 16)
    distinct = rng.permutation(np.unique(drawn))[:count]
    body = distinct[:, None] // 31 ** np.arange(7, -1, -1) % 31
    # GB 11714 counts letters by their place among all 26, the credit code's own alphabet leaves five out
    values = np.array([int(character, 36) for character in ALPHABET])
    check = -(values[body] @ _ORGANISATION_WEIGHTS) % 11
    last = np.where(check == 10, ALPHABET.index("X"), check)
    return np.concatenate([body, last[:, None]], axis=1)
