"""Which registers the city keeps, who builds each, and in which kind of file each comes: one line per register."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.lab.registers.burdens import abnormal, enforcement, pledge, pledge_goods
from kerong.lab.registers.capital import equity_round, insurance
from kerong.lab.registers.company import company
from kerong.lab.registers.contests import contest
from kerong.lab.registers.credit import guarantee, loan
from kerong.lab.registers.funds import fund, fund_company
from kerong.lab.registers.invoice import invoice
from kerong.lab.registers.law import judgement, penalty
from kerong.lab.registers.listing import listing
from kerong.lab.registers.local_finance import lender_company, local_finance
from kerong.lab.registers.market import contract, procurement, project, standard
from kerong.lab.registers.marks import software, trademark
from kerong.lab.registers.monthly import social_security, tax
from kerong.lab.registers.opening import fund_holding, pool_filing
from kerong.lab.registers.owners import company_change, person, shareholder
from kerong.lab.registers.returns import return_guarantee, return_investment, return_loan, return_premium
from kerong.lab.registers.rights import patent, qualification
from kerong.lab.registers.roster import roster
from kerong.lab.registers.sureties import surety
from kerong.lab.registers.talent import talent
from kerong.lab.registers.usage import customs, electricity, housing_fund
from kerong.lab.registers.yearly import accounts, staffing, taxpayer_grade
from kerong.lab.world import World

Builder = Callable[[World, np.random.Generator], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Source:
    """`stem` names the file and the stream where a register has a second source; the first has the register's name.

    `split` is the column by whose year files are cut; `units` turn from file to file; `gaps`: rows that never came.

    `care` multiplies the rates of errors: below 1 for an office that looks twice.
    """

    register: str
    build: Builder
    extension: str = ".csv"
    encoding: str = "utf-8"
    split: str = ""
    units: tuple[str, ...] = ("plain",)
    gaps: bool = False
    care: float = 1.0
    stem: str = ""

    @property
    def name(self) -> str:
        """What the file and the streams of randomness are called."""
        return self.stem or self.register


SOURCES = (
    Source("company", company, encoding="gb18030", units=("column",), care=0.3),
    Source("company", fund_company, units=("column",), care=0.3, stem="company_funds"),
    Source("company", lender_company, units=("column",), care=0.3, stem="company_finance"),
    Source("accounts", accounts, encoding="utf-8-sig", split="year", units=("wan", "column", "yuan")),
    Source("staffing", staffing, split="year", units=("column", "wan")),
    Source("tax", tax, split="month", units=("yuan", "column", "wan", "plain"), gaps=True),
    Source("taxpayer_grade", taxpayer_grade),
    Source("social_security", social_security, split="month", units=("plain", "column", "yuan"), gaps=True),
    Source("invoice", invoice, split="issued_on", units=("yuan", "plain")),
    Source("patent", patent, extension=".parquet"),
    Source("qualification", qualification),
    Source("project", project, extension=".xlsx", units=("wan",)),
    Source("loan", loan, split="reported_on", units=("wan", "plain", "yuan")),
    Source("guarantee", guarantee, encoding="gb18030", units=("wan",)),
    Source("insurance", insurance),
    Source("equity_round", equity_round, encoding="utf-8-sig"),
    Source("judgement", judgement, extension=".csv.gz"),
    Source("penalty", penalty),
    Source("procurement", procurement, extension=".csv.gz"),
    Source("contract", contract),
    Source("standard", standard),
    Source("contest", contest),
    Source("listing", listing, encoding="gb18030", units=("wan",)),
    Source("roster", roster),
    Source("fund", fund, units=("wan",)),
    Source("talent", talent, encoding="utf-8-sig"),
    Source("company_change", company_change, encoding="gb18030", care=0.3),
    Source("person", person, care=0.3),
    Source("shareholder", shareholder, units=("wan",), care=0.3),
    Source("housing_fund", housing_fund, split="month", units=("column", "yuan"), gaps=True),
    Source("customs", customs, split="month", units=("wan", "column")),
    Source("electricity", electricity, extension=".csv.gz", split="month", gaps=True),
    Source("trademark", trademark),
    Source("software", software, extension=".parquet"),
    Source("pledge", pledge, encoding="gb18030", units=("wan",)),
    Source("pledge", pledge_goods, units=("yuan",), stem="pledge_goods"),
    Source("enforcement", enforcement, extension=".csv.gz"),
    Source("abnormal", abnormal),
    Source("surety", surety, units=("wan",)),
    Source("pool_filing", pool_filing, extension=".xlsx", units=("wan",)),
    Source("local_finance", local_finance, split="month", units=("wan", "yuan"), care=0.3),
    Source("fund_holding", fund_holding, units=("yuan",)),
    Source("return_loan", return_loan, split="month", units=("wan", "yuan")),
    Source("return_guarantee", return_guarantee, units=("wan",)),
    Source("return_premium", return_premium, encoding="utf-8-sig", units=("yuan",)),
    Source("return_investment", return_investment, units=("wan",)),
)
