"""The settings of a shop: `shop.toml`, read and checked.

`read(path)` gives a `ShopConfig`; every mistake is a `ConfigError` that names the file, the line and the key.
Defaults are the ones of METRICS: a setting, never a constant in the code.
"""

from profithunt.config.acting import (
    AgentAutonomy,
    AutonomyLevel,
    AutonomySettings,
    Permission,
    RoleLimits,
    SignOn,
    StorePlace,
)
from profithunt.config.economics import Assumptions, Attribution, AttributionModel, CostRate, RateKind, Returns, Tax
from profithunt.config.file import FILE_NAME, find, parse, read
from profithunt.config.measuring import (
    ANCHOR,
    Action,
    ActionKind,
    ActionsValue,
    Calendar,
    Clv,
    Customers,
    Defects,
    Detectors,
    Metrics,
    PlanFigure,
    Weekday,
)
from profithunt.config.proposition import CarrierOffer, Delivery, Listening, OwnVans, Prices
from profithunt.config.running import EngineChoice, Limits, Runs
from profithunt.config.shop import ShopConfig
from profithunt.config.sources import Constant, Csv, Expression, Identity, Join, Parse, Source

__all__ = [
    "ANCHOR",
    "FILE_NAME",
    "Action",
    "ActionKind",
    "ActionsValue",
    "AgentAutonomy",
    "Assumptions",
    "Attribution",
    "AttributionModel",
    "AutonomyLevel",
    "AutonomySettings",
    "Calendar",
    "CarrierOffer",
    "Clv",
    "Constant",
    "CostRate",
    "Csv",
    "Customers",
    "Defects",
    "Delivery",
    "Detectors",
    "EngineChoice",
    "Expression",
    "Identity",
    "Join",
    "Limits",
    "Listening",
    "Metrics",
    "OwnVans",
    "Parse",
    "Permission",
    "PlanFigure",
    "Prices",
    "RateKind",
    "Returns",
    "RoleLimits",
    "Runs",
    "ShopConfig",
    "SignOn",
    "Source",
    "StorePlace",
    "Tax",
    "Weekday",
    "find",
    "parse",
    "read",
]
