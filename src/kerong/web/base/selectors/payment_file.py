"""The instruction file as a treasury or bank takes it: CSV with a line for each instruction and a line that sums up."""

import csv
import io
from collections.abc import Sequence

from kerong.web.base.models import Case, Instruction
from kerong.web.base.selectors.export import neutral
from kerong.web.base.services.case_award import pinned_rules

HEADER = ("指令号", "收款人", "开户行", "账号", "金额", "用途")
TOTAL = "合计"
_BOM = "\ufeff"


def yuan_cell(fen: int) -> str:
    """Fen as a cell of a file: 1234.50."""
    return f"{fen // 100}.{fen % 100:02d}"


def instruction_text(instructions: Sequence[Instruction]) -> str:
    """The file's text: cells that a spreadsheet would take for formulas are neutralised; the last line is the total."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in instructions:
        cells = (one.number, one.payee_name, one.bank, one.account, yuan_cell(one.fen), _purpose(one.part.case))
        writer.writerow([neutral(cell) for cell in cells])
    total = sum(one.fen for one in instructions)
    writer.writerow([TOTAL, str(len(instructions)), "", "", yuan_cell(total), ""])
    return _BOM + out.getvalue()


def _purpose(case: Case) -> str:
    """What the money is for, as a payee reads it on his statement: the programme's title under the case's own rules."""
    return " ".join(pinned_rules(case.rulebook.digest).rules[case.rule].title.zh.split())
