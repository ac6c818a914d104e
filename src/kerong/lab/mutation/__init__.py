"""Mutation of rules: every small change of a rule that none of its cases notices."""

from kerong.lab.mutation.mutants import Mutant, mutants
from kerong.lab.mutation.survivors import Proof, Survivor, proof_of
from kerong.lab.mutation.witness import Witness

__all__ = ["Mutant", "Proof", "Survivor", "Witness", "mutants", "proof_of"]
