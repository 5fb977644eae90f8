"""Rules and their evaluations in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading, table
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.actions.automation import Evaluation, Kept, Rule

Parts = list["RenderableType"]


def shown(found: Any, currency: str) -> Parts:
    """Rules, or evaluations, as `Shop.automation` gave them."""
    if not isinstance(found, list):
        return _lines([found])
    if not found:
        return [heading("Nothing to show", "No rule is due, or there is none: profithunt automation add --help")]
    return _rules(found, currency) if hasattr(found[0], "rule") else [heading("Evaluations"), *_lines(found)]


def _rules(found: list[Kept], currency: str) -> Parts:
    lines = table("rule", "when", "looks for", "does", "last", "state")
    for kept in found:
        rule = kept.rule
        when = f"every {rule.every}" if rule.every else f"daily at {rule.at}"
        last = fmt.MISSING if kept.last_at is None else f"{kept.last_at:%Y-%m-%d %H:%M}"
        state = "paused" if kept.paused else "on"
        lines.add_row(rule.name, when, _wanted(rule, currency), _does(rule), last, state)
    return [heading("Rules", "They act as the agent automation, inside its limits."), "", lines]


def _wanted(rule: Rule, currency: str) -> str:
    said = [words(part) for part in (rule.detector, rule.owner, rule.level) if part]
    if rule.min_value is not None:
        said.append(f"from {fmt.money(rule.min_value, currency)}")
    if rule.max_value is not None:
        said.append(f"up to {fmt.money(rule.max_value, currency)}")
    if rule.min_confidence is not None:
        said.append(f"confidence from {fmt.share(rule.min_confidence)}")
    return ", ".join(said) or "everything"


def _does(rule: Rule) -> str:
    said = ["hunt"] if rule.hunt else []
    if rule.assign_to:
        said.append(f"give to {rule.assign_to}")
    if rule.does != "route":
        said.append(rule.does)
    return ", ".join([*said, *(f"tell {adapter}" for adapter in rule.alert)])


def _lines(found: list[Evaluation]) -> Parts:
    return [
        f"{each.at:%Y-%m-%d %H:%M} {each.automation} {'fired' if each.fired else 'did not fire'}: {each.why}"
        for each in found
    ]
