"""Documents for people: what a page or a printed sheet says, in words, and paper made of it."""
