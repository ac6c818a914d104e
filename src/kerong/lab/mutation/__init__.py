"""Mutation of rules: every small change of a rule that none of its cases notices."""

from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.survivors import ACCEPTED, Proof, Survivor, proof_of, proof_of_group
from kerong.lab.mutation.witness import Witness
from kerong.lab.mutation.written import value_written

__all__ = [
    "ACCEPTED",
    "Mutant",
    "Proof",
    "Survivor",
    "Witness",
    "mutants",
    "proof_of",
    "proof_of_group",
    "value_written",
]
