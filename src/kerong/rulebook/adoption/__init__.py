"""A rule, a waterfall or a pool of one region taken over by another: copied with its needs, what is local marked."""

from kerong.rulebook.adoption.adopted import Adopted, AdoptError, Pack, Wish, adopted
from kerong.rulebook.adoption.still_open import StillOpen, still_open

__all__ = ["AdoptError", "Adopted", "Pack", "StillOpen", "Wish", "adopted", "still_open"]
