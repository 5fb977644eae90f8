"""High-value actions: what customers' actions are worth, as a forest plot with what it takes to believe it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, Missing, State, Table, choices
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.shop import Shop
from profithunt.errors import NotFound

ESTIMANDS: Final = {"ATE": "All who could", "ATT": "Those who did", "ATO": "Those who might"}
ENDS: Final = 12


@dataclass(frozen=True)
class ActionsPage:
    """Effects of customers' actions on their later profit."""

    missing: Missing | None
    figures: tuple[Figure, ...] = ()
    horizons: tuple[Choice, ...] = ()
    estimands: tuple[Choice, ...] = ()
    forest: Chart | None = None
    effects: Table | None = None
    to_do: Table | None = None
    rule: str = ""


def read(shop: Shop, state: State) -> ActionsPage:
    """The page of a horizon and an estimand."""
    try:
        found = _found(shop, state)
    except NotFound as error:
        return ActionsPage(Missing("No effects yet", str(error)))
    credible = [row for row in found.effects if row["verdict"] == "credible"]
    sure = [row for row in credible if row["effect_low"] is not None and row["effect_low"] > 0]
    return ActionsPage(
        missing=None,
        figures=(
            Figure("Actions compared", len(found.effects), "count", f"{len(credible)} to be believed"),
            Figure("Surely worth it", len(sure), "count", "whole range above zero"),
            Figure(
                "Worth over a year",
                sum((row["worth"] for row in sure if row["worth"] is not None), start=0) or None,
                "money",
                "if those surely worth it were done as often as now",
            ),
        ),
        horizons=choices(
            state, "days", {str(days): f"{days} days" for days in found.horizons}, str(found.horizon_days)
        ),
        estimands=choices(state, "over", ESTIMANDS, found.estimand),
        forest=forest(shop, state),
        effects=read_table(shop, state, "actions.effects", effects),
        to_do=read_table(shop, state, "actions.to_do", to_do),
        rule=str(found.effects[0]["index_rule"] or "") if found.effects else "",
    )


def _found(shop: Shop, state: State) -> Any:
    days = state.number("days", 0, least=0)
    return shop.actions_value(days or None, state.choice("over", tuple(ESTIMANDS), "ATE"))


def forest(shop: Shop, state: State) -> Chart:
    """Each action's effect with its range; pale where it is not to be believed."""
    found = _found(shop, state)
    ordered = sorted(
        (row for row in found.effects if row["effect"] is not None), key=lambda row: row["effect"], reverse=True
    )
    chosen = ordered if len(ordered) <= 2 * ENDS else [*ordered[:ENDS], *ordered[-ENDS:]]
    rows = tuple(
        {
            "label": row["action"],
            "action": row["action"],
            "value": row["effect"],
            "effect": row["effect"],
            "low": row["effect_low"],
            "high": row["effect_high"],
            "credible": row["verdict"] == "credible",
            "verdict": str(row["verdict"]).replace("_", " "),
        }
        for row in chosen
    )
    best = next((row for row in rows if row["credible"] and row["low"] is not None and row["low"] > 0), None)
    currency = shop.config.shop.currency
    finding = (
        f"Surest: {best['action']}, {fmt.estimate(best['value'], best['low'], best['high'], currency)} a customer "
        f"over {found.horizon_days} days."
        if best
        else "No action is surely worth more than none."
    )
    return Chart(
        "actions.forest",
        "What an action is worth, a customer",
        f"{finding} Lines are 95% ranges; pale: not to be believed.",
        (
            Column("action", "Action"),
            Column("effect", "Effect", "money"),
            Column("low", "From", "money"),
            Column("high", "To", "money"),
            Column("verdict", "Verdict"),
        ),
        rows,
        "forest",
        {},
        f"Forest plot. {finding}",
        max(80, 24 * len(rows)) // 20 * 20,
        href=replace(state, path="/charts/actions.forest").url(),
    )


def effects(shop: Shop, state: State) -> Listed:
    """Every effect with the checks that it passed or failed."""
    columns = (
        Column("action", "Action", detail="why"),
        Column("effect", "Effect a customer", "interval"),
        Column("naive_difference", "Plain difference", "money"),
        Column("n_treated", "Did it", "count"),
        Column("n_control", "Did not", "count"),
        Column("overlap", "Overlap", "share"),
        Column("placebo", "Placebo", "money"),
        Column("verdict", "Verdict", "chip"),
    )
    rows = [
        {
            **row,
            "low": row["effect_low"],
            "high": row["effect_high"],
            "verdict": str(row["verdict"]).replace("_", " "),
            "why": row["reason"],
        }
        for row in _found(shop, state).effects
    ]
    return held(
        rows,
        columns,
        "Effects and how far they are to be believed",
        sort="-effect",
        search=("action",),
        size=20,
        note="Overlap: share of customers in which both arms are frequent enough. Placebo: the effect on profit before "
        "anything happened, which should be nothing.",
    )


def to_do(shop: Shop, state: State) -> Listed:
    """Customers with the next best action of each."""
    del state
    columns = (
        Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
        Column("action", "Next best action"),
        Column("net", "Expected, net of cost", "interval"),
        Column("uptake", "Would do it", "share"),
    )
    rows: list[dict[str, Any]] = []
    if shop.engine.has("customer_actions"):
        rows = [
            {**row, "low": row["effect_low"], "high": row["effect_high"]}
            for row in shop.table("customer_actions").dicts()
        ]
    return held(
        rows,
        columns,
        "Customers still to do it",
        sort="-net",
        search=("customer_id", "action"),
        size=15,
        empty="No customer has an action that is expected to pay with any certainty.",
    )


TABLES: Final = {"actions.effects": effects, "actions.to_do": to_do}
CHARTS: Final = {"actions.forest": forest}
