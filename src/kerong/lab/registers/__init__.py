"""One builder per register: a world and a stream in, the clean table out, with `firm` in place of the credit code."""
