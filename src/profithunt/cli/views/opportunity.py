"""One opportunity in the terminal, whole: money, figures, peers, chart, orders, assumptions, query, what shares it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.opportunities import opportunities
from profithunt.cli.views.tables import heading, listing
from profithunt.reports.wording import entity_text, evidence_name, evidence_text, words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.opportunities import Hunt, Opportunity

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_BESIDE: Final = 5


def whole(item: Opportunity, found: Hunt, currency: str) -> list[RenderableType]:
    """Everything about one opportunity."""
    evidence = item.evidence
    others = {other.id: other for other in found}
    parts: list[RenderableType] = [heading(f"Opportunity {item.id}"), "", opportunities([item], currency)]
    if item.counted and item.net_value < item.value:
        parts.append(
            f"{fmt.money(item.net_value, currency)} of it are claimed by no larger opportunity on the same rows.\n"
        )
    sections = (
        ("Chart", _chart(evidence.get("chart", {}))),
        ("Peers", _peers(evidence, currency)),
        ("Shares its money with", _shares(item, others, currency)),
        ("Acts on the same, one of them is to be executed", _conflicts(item, others)),
        ("How it was valued", [str(evidence.get("valued_as", "")), *_valuation(evidence, currency)]),
        ("Assumed or set", _assumed(evidence)),
        ("Known problems", [str(evidence.get("known_problems", ""))]),
        ("Its rows", [str(evidence.get("query", "")), f"profithunt sql {item.id} --run   shows them"]),
    )  # fmt: skip
    parts += [listing(title, lines) for title, lines in sections if any(lines)]
    return parts


def _chart(chart: Mapping[str, Any]) -> list[str]:
    """A series as a row of blocks; a comparison as its figures."""
    points = chart.get("points", [])
    if chart.get("kind") == "comparison":
        return [f"{point['x']:<10} {fmt.number(point['y'])}" for point in points]
    values = [float(point["y"] or 0) for point in points]
    if not values:
        return []
    most = max((abs(value) for value in values), default=0.0) or 1.0
    bars = "".join(_BLOCKS[min(round(abs(value) / most * 8), 8)] for value in values)
    span = f"{fmt.day(points[0]['x'])} to {fmt.day(points[-1]['x'])}, week by week"
    return [bars, f"{chart.get('what')}, {span}, at most {fmt.number(max(values, key=abs))}"]


def _peers(evidence: Mapping[str, Any], currency: str) -> list[str]:
    group = evidence.get("peer_group")
    if not group:
        return []
    name = "all" if group["everybody"] else evidence_text({"peers": evidence.get("peers")}, currency) or "all"
    spread = ", ".join(f"{place} {fmt.number(group[place])}" for place in ("p10", "p50", "p90"))
    named = [f"{entity_text(peer['entity'])}: {fmt.number(peer['value'])}" for peer in group["examples"]]
    return [f"{fmt.counted(group['n'], 'peer')} ({name}): {spread}", *named]


def _shares(item: Opportunity, others: Mapping[str, Opportunity], currency: str) -> list[str]:
    return [_other(others, part.id, fmt.money(part.value, currency)) for part in item.shared_with[:_BESIDE]]


def _assumed(evidence: Mapping[str, Any]) -> list[str]:
    return [f"{evidence_name(part['what'])} {_figure(part['value'])}" for part in evidence.get("assumptions", [])]


def _other(others: Mapping[str, Opportunity], id_: str, said: str) -> str:
    other = others.get(id_)
    what = f"{other.title}: {entity_text(other.entity)}" if other is not None else id_
    return f"{said}  {what}  ({id_})"


def _conflicts(item: Opportunity, others: Mapping[str, Opportunity]) -> list[str]:
    if not item.conflicts:
        return []
    mine = "this one" if item.executes else "another"
    lines = [
        _other(others, other.id, f"{words(other.action)}{' ← to be executed' if other.executes else ''}")
        for other in item.conflicts[:_BESIDE]
    ]
    return [f"To be executed: {mine}", *lines]


def _valuation(evidence: Mapping[str, Any], currency: str) -> Sequence[str]:
    figures = evidence.get("valuation", {})
    lines = []
    if "gap" in figures:
        lines.append(
            f"gap {fmt.number(figures['gap'])} × exposure {fmt.number(figures['exposure'])}"
            f" × {fmt.money(figures['unit_value'], currency)} each, the spread of all three drawn"
        )
    if "p10" in figures:
        money = ", ".join(f"{name} {fmt.money(figures[name], currency)}" for name in ("p10", "p50", "p90"))
        lines.append(money)
    return lines


def _figure(value: object) -> str:
    return fmt.number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
