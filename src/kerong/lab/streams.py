"""Streams of randomness: one per purpose and seed, so that a new register leaves every other one as it was."""

import hashlib

import numpy as np


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The generator of `purpose` (a register's name, "population", …) under `seed`, a whole number from 0."""
    digest = hashlib.sha256(purpose.encode()).digest()
    key = (int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big"))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
