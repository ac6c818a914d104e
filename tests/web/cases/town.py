"""A town that pays subsidies: a pack of four rules, a run of it, budgets, calls, and people with one hand each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kerong.commands.assess import assess
from kerong.engine.deal.calendar import WorkingDays, working_days
from kerong.engine.deal.subsidy import Payee, Stage, Terms
from kerong.store.packs import read_pack
from kerong.web.base.models import Budget, Call, Case, Role, User
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.budget_change import budget_change_decide, budget_change_propose
from kerong.web.base.services.call import budget_open, call_open
from kerong.web.base.services.case import Wish, case_move, case_open_from_award
from kerong.web.base.services.run import run_publish
from tests.intake.office import code
from tests.rulebook.packs import pack

REGION = "north"
YEAR = 2025
FIRMS = 60
DAY = date(2025, 3, 3)
CALENDARS = {name: text for name, text in read_pack("demo").items() if name.startswith("calendars/")}
LOAN = """
name = "loan"
title = { zh = "贷款", en = "Loans" }
files = ["loan"]
row = ["contract"]
identify = "credit_code"
known = "drawn_on"
[column.credit_code]
title = { zh = "信用代码", en = "Credit code" }
header = ["信用代码"]
type = "credit_code"
required = true
[column.contract]
title = { zh = "合同", en = "Contract" }
header = ["合同"]
type = "text"
required = true
[column.bank]
title = { zh = "银行", en = "Bank" }
header = ["银行"]
type = "text"
[column.interest_fen]
title = { zh = "利息", en = "Interest" }
header = ["利息"]
type = "fen"
unit = "yuan"
[column.drawn_on]
title = { zh = "放款日", en = "Drawn on" }
header = ["放款日"]
type = "date"
required = true
"""


def _rule(name: str, per: str, when: str, amount: str, more: str = "", top: str = "") -> str:
    return f"""
name = "{name}"
kind = "subsidy"
title = {{ zh = "{name}", en = "{name}" }}
per = "{per}"
source = {{ document = "文件", clause = "第一条" }}
text = "条文"
{top}
[[when]]
is = "{when}"
title = {{ zh = "条件", en = "condition" }}
[amount]
{amount}
round = "down"
[parameter.rate_bp]
2024-01-01 = {{ value = 5000, source = "第二条" }}
[parameter.cap_fen]
2024-01-01 = {{ value = 100_000_000, source = "第二条" }}
[parameter.flat_fen]
2024-01-01 = {{ value = 1_000_001, source = "第二条" }}
{more}
"""


INTEREST = 'base = "loan.interest_fen"\nfen = "share_bp(base, rate_bp)"'
CAP = '[[limit]]\nscope = "enterprise_year"\nfen = "cap_fen"\n'
ONCE = """
name = "once"
kind = "exclusive"
title = { zh = "不重复享受", en = "Not twice" }
source = { document = "文件", clause = "第三条" }
text = "同一合同只享受一次。"
rules = ["interest", "county"]
per = "evidence"
choice = "order"
"""
JOINT = """
name = "ceiling"
kind = "joint"
title = { zh = "合计上限", en = "Ceiling" }
source = { document = "文件", clause = "第四条" }
text = "合计最高。"
rules = ["interest", "reward"]
per = "enterprise_year"
fen = "most_fen"
[parameter.most_fen]
2024-01-01 = { value = 150_000_000, source = "第四条" }
"""


def texts(**changes: str) -> dict[str, str]:
    """The pack's files."""
    contract = 'fingerprint = ["loan.contract"]'
    paid = "loan.interest_fen > 0"
    found = pack(registers_loan=LOAN) | CALENDARS
    found["policies/interest.toml"] = _rule("interest", "loan", paid, INTEREST, CAP, contract)
    found["policies/county.toml"] = _rule("county", "loan", paid, INTEREST, "", contract)
    found["policies/reward.toml"] = _rule("reward", "enterprise", "enterprise.capital_fen > 0", 'fen = "flat_fen"')
    bonus = INTEREST + '\nto = "institution"\npayee = "loan.bank"'
    found["policies/bonus.toml"] = _rule("bonus", "loan", paid, bonus)
    found["limits/once.toml"], found["limits/ceiling.toml"] = ONCE, JOINT
    bank = '[[institution]]\ncode = "bank_river"\nkind = "bank"\ntitle = { zh = "大江银行", en = "River Bank" }\n'
    found["region.toml"] = found["region.toml"].replace("HKD", "CNY") + bank
    return found | changes


def run_of(folder: Path, interest: Mapping[int, str] | None = None, **changes: str) -> Path:
    """A run: firm number n paid n times 1,000.02 yuan of interest on contract Cn, unless told otherwise.

    `changes`: files of the pack, and registers as CSV.
    """
    told = interest or {}
    rows = {name: changes.pop(name) for name in list(changes) if name.endswith(".csv")}
    for name, text in texts(**changes).items():
        (folder / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pack" / name).write_text(text, encoding="utf-8")
    (folder / "registers").mkdir()
    for name, text in rows.items():
        (folder / "registers" / name).write_text(text, encoding="utf-8")
    firms = [f"{code(n)},企业{n}号（北）有限公司,东岸,1" for n in range(1, FIRMS + 1)]
    (folder / "registers/firm.csv").write_text("\n".join(["代码,名称,片区,资金", *firms]) + "\n", encoding="utf-8")
    loans = [f"{code(n)},C{n},bank_river,{told.get(n, f'{n * 1000}.02')},2025-01-15" for n in range(1, FIRMS + 1)]
    (folder / "registers/loan.csv").write_text(
        "\n".join(["信用代码,合同,银行,利息,放款日", *loans]) + "\n", encoding="utf-8"
    )
    assess(folder / "registers", str(folder / "pack"), folder / "run", "2025-02-28", as_json=False)
    return folder / "run"


TERMS = Terms(date(2025, 1, 1), date(2025, 12, 31), {"city": 7000, "county": 3000})
STAGES = (Stage(6000), Stage(4000, "中期验收"))


@dataclass
class Town:
    """People, days, and what they do; every move is made with the page as it is now unless told otherwise."""

    published: Published
    days: WorkingDays
    today: date = DAY
    people: dict[str, User] = field(default_factory=dict)

    @classmethod
    def open(cls, run: Path, fen: int = 10_000_000_000) -> "Town":
        """The town with its run published, budgets of `fen` each of city and county, and nobody's case."""
        run_publish(run)
        published = current()
        assert published is not None
        town = cls(published, working_days(published.rulebook.calendars))
        for name in ("lin", "wang", "zhao", "qian", "sun"):
            town.person(name, Role.OFFICIAL)
        for level in ("city", "county"):
            budget = budget_open(town.people["lin"], REGION, "grants", level, YEAR)
            town.give(budget, fen, date(2025, 1, 2))
        return town

    def give(self, budget: Budget, fen: int, on: date) -> None:
        """An appropriation that one official proposed and another confirmed on a day."""
        lin, wang = self.people["lin"], self.people["wang"]
        told = budget_change_propose(lin, f"given {budget.pk} {fen}", budget, "appropriate", fen, "指标文")
        budget_change_decide(wang, budget, told.pk, True, today=on)

    def person(self, name: str, role: Role, **more: str) -> User:
        """Somebody with a log-in."""
        self.people[name] = User.objects.create_user(username=name, role=role, **more)
        return self.people[name]

    def firm(self, number: int) -> User:
        """The firm's own person."""
        name = f"firm{number}"
        return self.people.get(name) or self.person(name, Role.ENTERPRISE, enterprise_id=code(number))

    def payee(self, number: int, **changes: str) -> Payee:
        """The firm's account."""
        told = {"name": f"企业{number}号（北）有限公司", "bank": "大江银行", "account": f"62220000{number:08d}"}
        return Payee(**{**told, **changes})

    def call(self, rule: str = "interest", terms: Terms = TERMS, is_free: bool = False) -> Call:
        """The year's call for a rule."""
        return call_open(self.people["lin"], self.published.rulebook, rule, "grants", YEAR, terms, is_free)

    def applied(self, number: int = 1, rule: str = "interest", **more: Any) -> Case:
        """A firm's application."""
        row = "" if rule == "reward" else f"C{number}"
        told = {"today": self.today, "days": self.days, "payee": self.payee(number), **more}
        return case_open_from_award(
            self.firm(number), self.published, self.published.run_id, rule, code(number), row, **told
        )

    def do(self, who: str, case: Case, name: str, **wish: Any) -> Case:
        """One move; `fen` is the case's own unless told otherwise."""
        case.refresh_from_db()
        told = {"version": case.version, "fen": case.fen, "note": "因为", **wish}
        moved = case_move(self.people[who], REGION, case.pk, Wish(name, **told), today=self.today, days=self.days)
        assert moved is not None
        return moved

    def at(self, state: str, number: int = 1, rule: str = "interest") -> Case:
        """A case of a firm, brought to a state by the shortest lawful way."""
        case = self.applied(number, rule)
        for who, name, end in (
            ("lin", "accept", "accepted"),
            ("lin", "verify", "verified"),
            ("lin", "reserve", "reserved"),
            ("wang", "approve", "approved"),
            ("lin", "notice", "noticed"),
            ("lin", "clear", "cleared"),
            ("zhao", "instruct", "instructed"),
        ):
            if case.state == state:
                break
            before = self.today
            if name == "clear":
                self.today = self.days.after(self.today, 6)
            case = self.do(who, case, name, **({"stage": 1} if name == "instruct" else {}))
            self.today = before
            assert case.state == end
        return case


def books() -> dict[str, tuple[int, int, int]]:
    """By level and year: (appropriated, reserved, paid) of the budgets, in fen."""
    found = {}
    for budget in Budget.objects.select_related("book"):
        held = {account.kind: account for account in budget.book.accounts.exclude(kind="payee")}
        paid = sum(a.credits_posted - a.debits_posted for a in budget.book.accounts.filter(kind="payee"))
        own = held.get("appropriation")
        appropriated = 0 if own is None else own.credits_posted
        found[f"{budget.level} {budget.year}"] = (appropriated, 0 if own is None else own.debits_reserved, paid)
    return found
