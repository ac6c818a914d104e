"""The five policies of bench/packs/five in OpenFisca, as its users write them: vectors, parameters, scales."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core import entities, parameters, periods, taxbenefitsystems, variables
from openfisca_core.simulation_builder import SimulationBuilder

from bench.claims import Work
from bench.policies import POLICIES, columns

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


def _parameters() -> Any:
    tree: dict[str, object] = {name: _dated(cap * WAN) for name, cap in CAPS.items()}
    tree["rd_rates"] = _scale("rate", {0: 0.10, 500 * WAN: 0.06, 2000 * WAN: 0.03})
    tree["levels"] = _scale("amount", {0: 0, 1: 10 * WAN, 2: 30 * WAN, 3: 50 * WAN})
    tree["sizes"] = _scale("amount", {0: 0.5, 1000 * WAN: 1.0, 5000 * WAN: 1.5})
    return parameters.ParameterNode("", data={"city": tree})


def _rd_grant(firm: Any, period: Any, law: Any) -> Vector:
    city = law(period).city
    eligible = ~firm("is_punished", period) & firm("is_high_tech", period)
    eligible &= (firm("rd_share_bp", period) >= 300) & (firm("revenue_fen", period) >= 100 * WAN)
    grant = city.rd_rates.calc(firm("rd_fen", period)) * (1 + np.array(COUNTY_SHARES)[firm("county", period)])
    return eligible * np.minimum(grant, city.rd_grant)


def _interest_subsidy(firm: Any, period: Any, law: Any) -> Vector:
    eligible = ~firm("is_punished", period) & ((firm("specialised", period) >= 1) | firm("is_high_tech", period))
    eligible &= (firm("loan_fen", period) > 0) & (firm("credit", period) >= 2) & (firm("age", period) <= 15)
    return eligible * np.minimum(firm("interest_fen", period) * 0.5, law(period).city.interest_subsidy)


def _fee_subsidy(firm: Any, period: Any, law: Any) -> Vector:
    revenue, fee = firm("revenue_fen", period), firm("fee_fen", period)
    eligible = ~firm("is_punished", period) & (fee > 0) & (firm("employees", period) < 300)
    eligible &= revenue < 20_000 * WAN
    share = np.where(revenue < 2000 * WAN, 0.8, 0.5)
    return eligible * np.minimum(fee * share, law(period).city.fee_subsidy)


def _patent_reward(firm: Any, period: Any, law: Any) -> Vector:
    inventions = firm("inventions", period)
    eligible = ~firm("is_punished", period) & (inventions >= 1) & (firm("industry_number", period) < 12)
    reward = np.minimum(inventions, 20) * WAN + firm("models", period) * (WAN // 5)
    return eligible * np.minimum(reward, law(period).city.patent_reward)


def _specialised_reward(firm: Any, period: Any, law: Any) -> Vector:
    city = law(period).city
    level = city.levels.calc(firm("specialised", period), right=False)
    size = city.sizes.calc(firm("revenue_fen", period), right=False)
    reward = level * size + firm("is_high_tech", period) * 20 * WAN
    reward = reward * (1 + np.array(COUNTY_SHARES)[firm("county", period)])
    return ~firm("is_punished", period) * np.minimum(reward, city.specialised_reward)


FORMULAS: dict[str, Formula] = {
    "rd_grant": _rd_grant,
    "interest_subsidy": _interest_subsidy,
    "fee_subsidy": _fee_subsidy,
    "patent_reward": _patent_reward,
    "specialised_reward": _specialised_reward,
}


def _system(inputs: dict[str, Vector]) -> Any:
    firm = entities.build_entity(key="firm", plural="firms", label="firm", is_person=True)
    system = taxbenefitsystems.TaxBenefitSystem([firm])
    system.parameters = _parameters()
    settings = {"entity": firm, "definition_period": periods.DateUnit.YEAR}

    def add(name: str, value_type: type, **more: object) -> None:
        members = {"value_type": value_type, "label": name, **settings, **more}
        system.add_variable(type(name, (variables.Variable,), members))

    for name, vector in inputs.items():
        # money outgrows the peer's 32-bit integers, so it is held as float there
        add(name, bool if vector.dtype == bool else float if name.endswith("_fen") else int)
    for name in POLICIES:
        add(name, float, formula=FORMULAS[name])
    return system


def amounts(scratch: Path, firms: str) -> Work:
    """Work that computes every policy for every firm; answers with the sum of the amounts in fen."""
    inputs = columns(int(firms))
    system = _system(inputs)

    def work() -> float:
        simulation = SimulationBuilder().build_default_simulation(system, count=int(firms))
        for name, vector in inputs.items():
            simulation.set_input(name, PERIOD, vector)
        return float(sum(simulation.calculate(name, PERIOD).astype(float).sum() for name in POLICIES))

    return work
