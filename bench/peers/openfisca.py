"""The five policies of bench/packs/five in OpenFisca, as its users write them: vectors, parameters, scales."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core import entities, parameters, periods, taxbenefitsystems, variables
from openfisca_core.simulation_builder import SimulationBuilder

from bench.claims import Work
from bench.policies import POLICIES, columns, varied

Vector = npt.NDArray[Any]
Formula = Callable[[Any, Any, Any], Vector]
SINCE = "2020-01-01"
PERIOD = "2024"
WAN = 1_000_000  # fen in ten thousand yuan
COUNTY_SHARES = (0.0, 0.20, 0.25, 0.30, 0.30, 0.40, 0.50, 0.50, 0.20, 0.10)
CAPS = {"rd_grant": 300, "interest_subsidy": 100, "fee_subsidy": 50, "patent_reward": 30, "specialised_reward": 120}


def _dated(value: float) -> dict[str, object]:
    return {"values": {SINCE: {"value": value}}}


def _scale(kind: str, brackets: dict[float, float]) -> dict[str, object]:
    rows = [{"threshold": {SINCE: {"value": at}}, kind: {SINCE: {"value": value}}} for at, value in brackets.items()]
    return {"brackets": rows, "metadata": {"type": "single_amount"}} if kind == "amount" else {"brackets": rows}


def _city(number: int) -> dict[str, object]:
    """Parameters of policy `number` of each kind; the tables of rates and levels are those of the first."""

    def fen(wan: int) -> dict[str, object]:
        return _dated(varied(wan * WAN, number))

    tree: dict[str, object] = {name: fen(cap) for name, cap in CAPS.items()}
    thresholds = {"least_revenue": 100, "most_revenue": 20_000, "small": 2000, "high_tech": 20, "invention": 1}
    tree |= {name: fen(wan) for name, wan in thresholds.items()}
    tree["model"] = _dated(varied(WAN // 5, number))
    tree["rd_rates"] = _scale("rate", {0: 0.10, 500 * WAN: 0.06, 2000 * WAN: 0.03})
    tree["levels"] = _scale("amount", {0: 0, 1: 10 * WAN, 2: 30 * WAN, 3: 50 * WAN})
    tree["sizes"] = _scale("amount", {0: 0.5, 1000 * WAN: 1.0, 5000 * WAN: 1.5})
    return tree


def _rd_grant(firm: Any, period: Any, city: Any) -> Vector:
    eligible = ~firm("is_punished", period) & firm("is_high_tech", period)
    eligible &= (firm("rd_share_bp", period) >= 300) & (firm("revenue_fen", period) >= city.least_revenue)
    grant = city.rd_rates.calc(firm("rd_fen", period)) * (1 + np.array(COUNTY_SHARES)[firm("county", period)])
    return eligible * np.minimum(grant, city.rd_grant)


def _interest_subsidy(firm: Any, period: Any, city: Any) -> Vector:
    eligible = ~firm("is_punished", period) & ((firm("specialised", period) >= 1) | firm("is_high_tech", period))
    eligible &= (firm("loan_fen", period) > 0) & (firm("credit", period) >= 2) & (firm("age", period) <= 15)
    return eligible * np.minimum(firm("interest_fen", period) * 0.5, city.interest_subsidy)


def _fee_subsidy(firm: Any, period: Any, city: Any) -> Vector:
    revenue, fee = firm("revenue_fen", period), firm("fee_fen", period)
    eligible = ~firm("is_punished", period) & (fee > 0) & (firm("employees", period) < 300)
    eligible &= revenue < city.most_revenue
    share = np.where(revenue < city.small, 0.8, 0.5)
    return eligible * np.minimum(fee * share, city.fee_subsidy)


def _patent_reward(firm: Any, period: Any, city: Any) -> Vector:
    inventions = firm("inventions", period)
    eligible = ~firm("is_punished", period) & (inventions >= 1) & (firm("industry_number", period) < 12)
    reward = np.minimum(inventions, 20) * city.invention + firm("models", period) * city.model
    return eligible * np.minimum(reward, city.patent_reward)


def _specialised_reward(firm: Any, period: Any, city: Any) -> Vector:
    level = city.levels.calc(firm("specialised", period), right=False)
    size = city.sizes.calc(firm("revenue_fen", period), right=False)
    reward = level * size + firm("is_high_tech", period) * city.high_tech
    reward = reward * (1 + np.array(COUNTY_SHARES)[firm("county", period)])
    return ~firm("is_punished", period) * np.minimum(reward, city.specialised_reward)


FORMULAS: dict[str, Formula] = {
    "fee_subsidy": _fee_subsidy,
    "interest_subsidy": _interest_subsidy,
    "patent_reward": _patent_reward,
    "rd_grant": _rd_grant,
    "specialised_reward": _specialised_reward,
}


def _formula(name: str, number: int) -> Formula:
    def formula(firm: Any, period: Any, law: Any) -> Vector:
        return FORMULAS[name](firm, period, getattr(law(period), f"city_{number}"))

    return formula


def _named(policies: int) -> list[tuple[str, int]]:
    """The policies' kinds and numbers, in the order of the rule files."""
    return [(sorted(POLICIES)[place % len(POLICIES)], place // len(POLICIES)) for place in range(policies)]


def _system(inputs: dict[str, Vector], policies: int) -> Any:
    firm = entities.build_entity(key="firm", plural="firms", label="firm", is_person=True)
    system = taxbenefitsystems.TaxBenefitSystem([firm])
    cities = {f"city_{number}": _city(number) for _, number in _named(policies)}
    system.parameters = parameters.ParameterNode("", data=cities)
    settings = {"entity": firm, "definition_period": periods.DateUnit.YEAR}

    def add(name: str, value_type: type, **more: object) -> None:
        members = {"value_type": value_type, "label": name, **settings, **more}
        system.add_variable(type(name, (variables.Variable,), members))

    for name, vector in inputs.items():
        # money outgrows the peer's 32-bit integers, so it is held as float there
        add(name, bool if vector.dtype == bool else float if name.endswith("_fen") else int)
    for name, number in _named(policies):
        add(f"{name}_{number}", float, formula=_formula(name, number))
    return system


def amounts(scratch: Path, firms: str, policies: str = "5") -> Work:
    """Work that computes every policy for every firm; answers with the sum of the amounts in fen."""
    inputs = columns(int(firms))
    system = _system(inputs, int(policies))
    names = [f"{name}_{number}" for name, number in _named(int(policies))]

    def work() -> float:
        simulation = SimulationBuilder().build_default_simulation(system, count=int(firms))
        for name, vector in inputs.items():
            simulation.set_input(name, PERIOD, vector)
        return float(sum(simulation.calculate(name, PERIOD).astype(float).sum() for name in names))

    return work
