"""Mutation of rules: every small change of a rule that none of its cases notices."""

from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.pools import PoolMutant
from kerong.lab.mutation.survivors import (
    ACCEPTED,
    Proof,
    Survivor,
    proof_of,
    proof_of_group,
    proof_of_pool,
    proof_of_waterfall,
)
from kerong.lab.mutation.waterfalls import WaterfallMutant
from kerong.lab.mutation.witness import Witness
from kerong.lab.mutation.written import value_written

__all__ = [
    "ACCEPTED",
    "Mutant",
    "PoolMutant",
    "Proof",
    "Survivor",
    "WaterfallMutant",
    "Witness",
    "mutants",
    "proof_of",
    "proof_of_group",
    "proof_of_pool",
    "proof_of_waterfall",
    "value_written",
]
