"""How firms of a synthetic city behave: the parameters of distress, early signs and needs, readable from JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Sign:
    """An early sign of default: in how many of 100 cases it shows, how long before, and how often for nothing."""

    shown: float  # share of the firms in distress that show it before they default; the rest show it afterwards
    lead_months: float  # median, before default; never before distress began
    spread: float  # of the logarithm of the lead
    false_a_year: float  # how often a firm shows it for no reason, for a few months
    in_shock: float  # share of the firms that show it while a shock to their sales lasts


_SIGNS = {
    "sales": Sign(0.80, 7.0, 0.5, 0.020, 1.0),
    "void": Sign(0.50, 4.0, 0.6, 0.030, 0.15),
    "customers": Sign(0.50, 6.0, 0.6, 0.030, 0.30),
    "electricity": Sign(0.60, 6.0, 0.5, 0.030, 0.40),
    "heads": Sign(0.70, 5.0, 0.5, 0.020, 0.25),
    "social_security": Sign(0.60, 4.0, 0.6, 0.008, 0.10),
    "housing_fund": Sign(0.60, 5.0, 0.6, 0.010, 0.12),
    "tax": Sign(0.50, 3.0, 0.7, 0.010, 0.10),
    "pledge": Sign(0.35, 6.0, 0.6, 0.006, 0.08),
    "litigation": Sign(0.55, 4.0, 0.7, 0.010, 0.08),
    "representative": Sign(0.25, 4.0, 0.7, 0.010, 0.03),
    "finance_head": Sign(0.35, 5.0, 0.7, 0.020, 0.05),
}
# chance of a need in a month in which the driver is there; `renewal`: that a loan that falls due is renewed
_DRIVERS = {
    "working": 0.012,
    "renewal": 0.60,
    "orders": 0.30,
    "growth": 0.05,
    "plant": 0.45,
    "certificate": 0.08,
    "trouble": 0.08,
    "runway": 0.12,
}


@dataclass(frozen=True, slots=True)
class Ways:
    """Parameters of behaviour; all are assumptions of the synthetic city, none is an estimate.

    Rates lie from 0, shares between 0 and 1, months are above 0. `signs` and `drivers` have fixed names.
    """

    own_risk: float = 1.45  # times the firm's own yearly probability of distress
    shocks_a_year: float = 0.09  # to a firm's sales
    shock_months: float = 8.0  # median length
    shock_depth: float = 0.35  # share of sales lost at its deepest
    shock_weight: float = 3.0  # how much more a shock adds to the own hazard
    by_surety: float = 0.025  # hazard a month for each firm bound by a surety to one that defaulted
    by_customer: float = 0.035  # hazard a month when a customer that takes all sales defaulted, less for smaller ones
    delay_months: float = 2.0  # until trouble arrives over a bond
    contagion_months: float = 12.0  # for which it stays
    default_months: float = 9.0  # median, from the beginning of distress to default
    default_spread: float = 0.40  # of its logarithm
    recovering: float = 0.20  # share of the firms in distress that recover without default
    silent: float = 0.10  # share of the firms that show nothing before they default
    noise: float = 1.0  # times the usual spread of monthly figures
    signs: Mapping[str, Sign] = field(default_factory=lambda: MappingProxyType(_SIGNS))
    drivers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(_DRIVERS))

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises:
            ValueError: a number is out of its range; the sentence names it.
        """
        for name in (f.name for f in fields(self) if f.type is float or f.type == "float"):
            _check(
                name,
                getattr(self, name),
                share=name in ("shock_depth", "recovering", "silent"),
                months="_months" in name,
            )
        for sign, told in self.signs.items():
            for part in fields(Sign):
                share = part.name in ("shown", "in_shock")
                _check(f"signs.{sign}.{part.name}", getattr(told, part.name), share, part.name == "lead_months")
        for driver, chance in self.drivers.items():
            _check(f"drivers.{driver}", chance, share=True)

    def to_json(self) -> str:
        """Readable JSON; `ways_of` reads it back."""
        told: dict[str, object] = {f.name: getattr(self, f.name) for f in fields(self)}
        told["signs"] = {
            name: {f.name: getattr(sign, f.name) for f in fields(Sign)} for name, sign in self.signs.items()
        }
        told["drivers"] = dict(self.drivers)
        return json.dumps(told, ensure_ascii=False, indent=2)


def _check(name: str, value: object, share: bool = False, months: bool = False) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f"ways: {name} must be a number from 0, not {value!r}")
    if share and value > 1:
        raise ValueError(f"ways: {name} is a share and lies between 0 and 1, not {value!r}")
    if months and value == 0:
        raise ValueError(f"ways: {name} must be above 0")


DEFAULT = Ways()
OTHER = replace(
    DEFAULT,
    own_risk=1.15,
    shocks_a_year=0.16,
    shock_depth=0.45,
    shock_weight=6.0,
    by_surety=0.05,
    by_customer=0.015,
    delay_months=4.0,
    default_months=6.0,
    default_spread=0.6,
    recovering=0.30,
    silent=0.15,
    noise=1.4,
    signs=MappingProxyType(
        {
            name: replace(
                sign,
                shown=round(1.0 - sign.shown, 2) if name in ("void", "tax", "pledge") else round(sign.shown * 0.8, 2),
                lead_months=round(9.0 - sign.lead_months, 1),
                false_a_year=sign.false_a_year * 2,
            )
            for name, sign in _SIGNS.items()
        }
    ),
    drivers=MappingProxyType(
        _DRIVERS | {"working": 0.02, "renewal": 0.45, "orders": 0.15, "growth": 0.10, "plant": 0.3, "certificate": 0.03}
    ),
)
KNOWN = MappingProxyType({"default": DEFAULT, "other": OTHER})


def ways_of(text: str) -> Ways:
    """The ways of a JSON object; what it does not name is as in DEFAULT.

    Raises:
        ValueError: no JSON object, a name that does not exist, or a number out of its range.
    """
    told = json.loads(text)
    given = _named(told, {f.name for f in fields(Ways)}, "ways")
    signs = {
        name: replace(_SIGNS[name], **_named(parts, {f.name for f in fields(Sign)}, f"signs.{name}"))
        for name, parts in _named(given.pop("signs", {}), set(_SIGNS), "signs").items()
    }
    drivers = _named(given.pop("drivers", {}), set(_DRIVERS), "drivers")
    return replace(
        DEFAULT, **given, signs=MappingProxyType(_SIGNS | signs), drivers=MappingProxyType(_DRIVERS | drivers)
    )


def _named(told: object, known: set[str], where: str) -> dict[str, float]:
    if not isinstance(told, dict):
        raise ValueError(f"{where}: an object is needed, not {type(told).__name__}")
    strange = sorted(set(told) - known)
    if strange:
        raise ValueError(f"{where}: {', '.join(strange)} is not known; known are {', '.join(sorted(known))}")
    return dict(told)
