"""Effects of customers' actions in the terminal: what is believed with its interval, what is not with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.actions_value import ActionsValue

_TITLE: Final = "What customers' actions are worth"
_OVER: Final = {
    "ATE": "all customers who were eligible (ATE)",
    "ATT": "the customers who did it (ATT)",
    "ATO": "the customers who might as well have done it as not (ATO)",
}


def actions_value(found: ActionsValue, currency: str, top: int) -> list[RenderableType]:
    """One row an action that is believed, then those that are not, then who should be led to what."""
    believed = [item for item in found.effects if item["verdict"] == "credible"]
    others = [item for item in found.effects if item["verdict"] != "credible"]
    if not found.effects:
        return [heading(_TITLE, "No action was done for the first time by enough customers.")]
    about = f"Later profit a customer over {found.horizon_days} days, on average over {_OVER[found.estimand]}."
    parts: list[RenderableType] = [heading(_TITLE, about), ""]
    if believed:
        shown = table("action", "effect", "95 % interval", "naive", "did it", right=("effect", "naive", "did it"))
        for item in believed[:top]:
            shown.add_row(
                item["action"] + (" (control)" if item["negative_control"] else ""),
                money(item["effect"], currency),
                fmt.money_range(item["effect_low"], item["effect_high"], currency),
                money(item["naive_difference"], currency),
                fmt.count(item["n_treated"]),
            )
        parts.append(shown)
        rules = dict.fromkeys(item["index_rule"] for item in believed[:1])
        parts += ["", listing("how it is compared", list(rules))]
    if others:
        count = fmt.counted(len(others), "action is", "actions are")
        reasons = [f"{item['action']}: {item['reason']}" for item in others[:top]]
        parts += ["", listing(f"{count} not credible", reasons)]
    if found.next_best:
        lines = [
            f"{item['action']}: {fmt.counted(item['n_customers'], 'customer', 'customers')}, "
            f"{fmt.money(item['net'], currency)} net if all do it"
            for item in found.next_best[:top]
        ]
        parts += ["", listing("next best action", lines)]
    return parts
