"""The outcomes of a rule, as verdicts store them: small numbers with one meaning everywhere."""

FAILED, MET, UNKNOWN, ERROR = range(4)
OUTCOME_NAMES = ("failed", "met", "unknown", "error")
NO_ROW = -1  # instead of a clause: the enterprise has no row of the register that the rule is about
