"""Words of what two people give a budget or cut from it."""

BUDGETS = {
    "budgets.change": ("下达或核减", "Give it money, or cut it"),
    "budgets.change.note": (
        "一人提出，另一人确认后才入账。",
        "One person proposes; the money moves when another confirms.",
    ),
    "budgets.change.kind": ("事项", "What"),
    "budgets.change.appropriate": ("下达", "Appropriate"),
    "budgets.change.cut": ("核减", "Cut"),
    "budgets.change.why": ("依据（文号）", "On which document"),
    "budgets.change.propose": ("提出", "Propose"),
    "budgets.change.confirm": ("确认", "Confirm"),
    "budgets.change.refuse": ("不同意", "Refuse"),
    "budgets.change.withdraw": ("收回", "Take back"),
    "budgets.change.other": ("须由另一人确认。", "Another person has to confirm it."),
    "budgets.change.by": ("提出人", "Proposed by"),
    "budgets.change.confirmed": ("已确认", "confirmed"),
    "budgets.change.refused": ("未入账", "not done"),
    "budgets.changes": ("待确认与已办", "Proposed and decided"),
    "budget.refused.note": (
        "请写明依据（文号），一行，最多200字。",
        "Say on which document, in one line of at most 200 characters.",
    ),
    "budget.refused.decided": ("该事项已办结。", "It is decided already."),
    "budget.refused.hands": (
        "提出人不得确认本人提出的事项，换账号也不行。",
        "Whoever proposed it does not confirm it, under no other log-in either.",
    ),
    "programme.technology": ("科技专项资金", "Technology fund"),
}
