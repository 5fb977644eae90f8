"""All settings of a shop in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from profithunt.config.acting import AutonomySettings, SignOn, StorePlace
from profithunt.config.economics import Assumptions, Attribution, CostRate, Returns, Tax
from profithunt.config.measuring import (
    Action,
    ActionsValue,
    Calendar,
    Clv,
    Customers,
    Defects,
    Detectors,
    Metrics,
    PlanFigure,
)
from profithunt.config.proposition import Delivery, Listening, Prices
from profithunt.config.running import EngineChoice, Limits, Runs
from profithunt.config.section import Section
from profithunt.config.sources import Identity, Source


class ShopConfig(Section):
    """Everything in `shop.toml`."""

    shop: Identity = Field(default_factory=Identity)
    sources: list[Source] = Field(default_factory=list)
    tax: Tax = Field(default_factory=Tax)
    returns: Returns = Field(default_factory=Returns)
    attribution: Attribution = Field(default_factory=Attribution)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    cost_rates: list[CostRate] = Field(default_factory=list)
    thresholds: dict[str, dict[str, float | int | bool | str]] = Field(
        default_factory=dict, description="Thresholds of detectors by detector name."
    )
    detectors: Detectors = Field(default_factory=Detectors)
    customers: Customers = Field(default_factory=Customers)
    clv: Clv = Field(default_factory=Clv)
    plan: list[PlanFigure] = Field(default_factory=list)
    calendar: Calendar = Field(default_factory=Calendar)
    metrics: Metrics = Field(default_factory=Metrics)
    defects: Defects = Field(default_factory=Defects)
    prices: Prices = Field(default_factory=Prices)
    actions: list[Action] = Field(default_factory=list)
    actions_value: ActionsValue = Field(default_factory=ActionsValue)
    store: StorePlace = Field(default_factory=StorePlace)
    autonomy: AutonomySettings = Field(default_factory=AutonomySettings)
    sign_on: SignOn = Field(default_factory=SignOn)
    adapters: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Systems that take actions, `[adapters.<name>]`: docs/reference/adapters.md lists their settings.",
    )
    engine: EngineChoice = Field(default_factory=EngineChoice)
    limits: Limits = Field(default_factory=Limits)
    delivery: Delivery = Field(default_factory=Delivery)
    runs: Runs = Field(default_factory=Runs)
    listening: Listening = Field(default_factory=Listening)
    folder: Path = Field(default=Path(), exclude=True, description="Folder of shop.toml (set when it is read).")
