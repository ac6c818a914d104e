"""How dirty the registers are: the share of rows that carry each kind of error."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of rows between 0 and 1; `other_name` and `altered` are shares of firms."""

    exact_duplicate: float = 0.006
    conflicting_duplicate: float = 0.005
    not_registered: float = 0.005
    missing: float = 0.012  # rows of monthly registers that never came
    late: float = 0.02
    after_on: float = 0.005
    in_wan: float = 0.02  # rows in 万元 in a file in 元 that has a column for the unit
    code_lower_case: float = 0.004
    code_full_width: float = 0.002
    code_wrong_check_digit: float = 0.002
    code_letter_for_nought: float = 0.001
    code_scientific: float = 0.0007
    amount_dash: float = 0.0015
    amount_not_a_number: float = 0.0008
    amount_separators: float = 0.003
    amount_full_width: float = 0.0015
    date_impossible: float = 0.001
    blank_required: float = 0.0015
    formula_cell: float = 0.001
    other_name: float = 0.05
    altered: float = 0.10
    return_differs: float = 0.01  # rows of monthly returns that differ from the files of contracts

    def scaled(self, factor: float) -> "Rates":
        """All shares multiplied, none above one half."""
        return replace(self, **{name: min(getattr(self, name) * factor, 0.5) for name in self.__slots__})


CLEAN = Rates().scaled(0.0)
