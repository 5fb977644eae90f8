"""The queue, decisions and executions in the terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table
from profithunt.reports.wording import entity_text, evidence_text, words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.actions.adapters.protocol import Change, Plan
    from profithunt.actions.reading import Detail, Execution, Item, Outcomes, Queue, Totals
    from profithunt.actions.store.audit import Entry
    from profithunt.actions.store.people import Token, User
    from profithunt.api.act import Decision

Parts = list["RenderableType"]


def shown(found: Any, currency: str) -> Parts:
    """Whatever a call of `Shop.act` gave."""
    one = found[0] if isinstance(found, (list, tuple)) and found else found
    view = _VIEWS.get(type(one).__name__)
    if view is not None:
        return view(found, currency)
    if isinstance(found, Mapping):
        return [f"{words(key)}: {value}" for key, value in found.items()]
    return [heading("Nothing to show")]


def _queue(found: Queue, currency: str) -> Parts:
    if not found.total:
        return [heading("Queue", "Nothing here: try --state all, or make a run.")]
    which = "" if len(found) == found.total else f", the first {len(found)} shown"
    worth = fmt.money(found.value, currency)
    lines = table("id", "value", "what", "state", "owner", "action", right=("id", "value"))
    for item in found:
        lines.add_row(
            item.id[:8],
            money(item.value, currency),
            f"{item.title}: {entity_text(item.entity)}",
            words(item.state) + (f" until {fmt.day(item.snoozed_until)}" if item.snoozed_until else ""),
            item.assignee or words(item.team).lower(),
            words(item.action) + ("" if item.reversible else " (hard to reverse)"),
        )
    count = fmt.counted(found.total, "opportunity", "opportunities")
    return [heading("Queue, most money first", f"{count}{which}. {worth} in all."), "", lines]


def _decision(found: Decision, currency: str) -> Parts:
    return [heading(*_headline(found.item, currency)), *_lacks(found.missing)]


def _headline(item: Item, currency: str) -> tuple[str, str]:
    worth = f"{fmt.money(item.value, currency)} ({fmt.money_range(item.p10, item.p90, currency)})"
    return (
        f"{item.title}: {entity_text(item.entity)}",
        f"{words(item.state)} · {worth} in {item.window_days} days · {words(item.action)} · {item.id}",
    )


def _lacks(missing: Sequence[str]) -> Parts:
    return [f"Before it may be executed it needs {' and '.join(missing)}."] if missing else []


def _detail(found: Detail, currency: str) -> Parts:
    item = found.item
    who = f"owner {words(item.team).lower()}" + (f", given to {item.assignee}" if item.assignee else "")
    seen = f"found {fmt.counted(item.times_found, 'time')}, first on {fmt.day(item.first_found_at)}"
    parts: Parts = [
        heading(*_headline(item, currency)),
        f"{evidence_text(item.evidence, currency)}",
        f"{who} · {seen}{'' if item.found else ', not by the last run'}",
        *_lacks(found.missing),
    ]
    if item.reason:
        parts.append(f"Reason: {item.reason}")
    if item.params:
        parts.append("With " + ", ".join(f"{key} {value}" for key, value in item.params.items()))
    for title, lines in (
        ("Stands in its way", list(found.conflicts)),
        ("Comments", [f"{_moment(each['at'])} {each['by']}: {each['text']}" for each in found.comments]),
        ("Executions", [_execution_line(each) for each in found.executions]),
        ("Activity", [_entry_line(each) for each in found.activity]),
        ("Now one can", _possible(found.possible)),
    ):
        if lines:
            parts.append(listing(title, lines))
    return parts


def _possible(events: Sequence[str]) -> list[str]:
    """What people can do, in the words of the commands; what happens by itself is left out."""
    said = {"roll back": "undo", "wake": "reopen", "realise": "measure"}
    named = [said.get(event, event) for event in events if event not in {"expire", "measure"}]
    return [", ".join(named)] if named else []


def _execution_line(found: Execution) -> str:
    why = f": {found.error}" if found.error else ""
    return f"{found.id} {found.state} by {found.by} through {found.adapter}, {_moment(found.created_at)}{why}"


def _execution(found: Execution, _currency: str) -> Parts:
    said = {
        "sent": "Sent; it waits to be confirmed (an import, a task): profithunt act confirm",
        "confirmed": "Done and confirmed; it is being measured.",
        "undone": "Undone: the former values are back.",
    }.get(found.state, words(found.state))
    parts: Parts = [heading(f"{words(found.kind)} through {found.adapter}", said), f"action {found.id}"]
    for title, receipt in (("Sent", found.receipt), ("Undone", found.undo_receipt)):
        if receipt:
            parts.append(listing(title, [str(each) for each in receipt.get("references", ())]))
    return parts


def _plan(found: Plan, _currency: str) -> Parts:
    lines = table("what", "which", "before", "after")
    for change in found.changes[:50]:
        lines.add_row(words(change.kind), _which(change), _values(change.before), _values(change.after))
    count = fmt.counted(len(found.changes), "change")
    parts: Parts = [
        heading(f"Dry run through {found.adapter}", f"{count}; nothing was sent. Digest {found.digest[:12]}"),
        "",
        lines,
    ]
    if len(found.changes) > 50:
        parts.append(f"… and {len(found.changes) - 50} more; --json shows all.")
    parts += [listing(preview.target, preview.content.splitlines()[:12]) for preview in found.previews]
    parts += list(found.notes)
    return [*parts, f"Carry out exactly this: --digest {found.digest}"]


def _which(change: Change) -> str:
    return ", ".join(f"{key} {value}" for key, value in change.entity.items())


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items() if value not in ({}, [], "")) or fmt.MISSING


def _entry_line(found: Entry) -> str:
    moved = f" {words(found.data['from'])} → {words(found.data['to'])}" if {"from", "to"} <= set(found.data) else ""
    return f"{_moment(found.at)} {found.by} {words(found.verb).lower()} {found.about} {found.subject}{moved}"


def _moment(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _entries(found: Sequence[Entry], _currency: str) -> Parts:
    return [heading("Activity", fmt.counted(len(found), "entry", "entries")), *(_entry_line(each) for each in found)]


def _totals(found: Totals, currency: str) -> Parts:
    lines = table("state", "opportunities", "value", right=("opportunities", "value"))
    for state, (count, value) in found.by_state.items():
        lines.add_row(words(state), fmt.count(count), money(value, currency))
    speed = (
        "nothing decided yet"
        if found.hours_to_decision is None
        else f"half of all decisions within {fmt.duration(found.hours_to_decision * 3600)}"
    )
    worth = f"{fmt.money(found.open_value, currency)} open"
    said = (
        f"{worth}; {fmt.money(found.realised, currency)} realised of {fmt.money(found.predicted, currency)} predicted"
    )
    parts: Parts = [heading("Queue in figures", f"{said}; {speed}."), "", lines]
    if found.override_rate is not None:
        parts.append(f"People reversed {fmt.share(found.override_rate)} of what agents approved.")
    return parts


def _outcomes(found: Outcomes, currency: str) -> Parts:
    if not found.outcomes:
        return [heading("Outcomes", "Nothing has been measured yet."), *_overruled(found)]
    lines = table("by", "who", "actions", "predicted", "realised", "ratio", right=("actions", "predicted", "realised"))
    for record in found.records:
        lines.add_row(
            words(record.by), words(record.member), fmt.count(record.n_actions), money(record.predicted, currency),
            money(record.realised, currency), fmt.MISSING if record.ratio is None else fmt.share(record.ratio),
        )  # fmt: skip
    count = fmt.counted(len(found.outcomes), "action")
    return [heading("Outcomes: realised beside predicted", count), "", lines, *_overruled(found)]


def _overruled(found: Outcomes) -> Parts:
    """People beside agents: how often others turned over what they approved."""
    who = {"person": "people", "agent": "agents"}
    return [
        f"Of {fmt.counted(side.approvals, 'approval')} by {who.get(side.kind, side.kind)}, others turned over "
        f"{fmt.count(side.overridden)} ({fmt.share(side.override_rate)})."
        for side in found.sides
        if side.override_rate is not None
    ]


def _users(found: Sequence[User], _currency: str) -> Parts:
    lines = table("name", "kind", "role", "autonomy", "limits")
    for user in found:
        autonomy = user.level or ""
        if user.levels:
            autonomy += ", " + ", ".join(f"{key}: {value}" for key, value in user.levels.items())
        kept = {key: value for key, value in user.limits.to_json().items() if value is not None}
        said = ", ".join(f"{words(key).lower()} {value}" for key, value in kept.items()) or "none"
        lines.add_row(user.name, user.kind, user.role + ("" if user.active else " (no longer)"), autonomy, said)
    return [heading("Who may act"), "", lines]


def _tokens(found: Sequence[Token], _currency: str) -> Parts:
    lines = table("id", "owner", "label", "scopes", "ends")
    for token in found:
        ends = "revoked" if token.revoked_at else fmt.day(token.expires_at) if token.expires_at else "never"
        lines.add_row(token.id, token.owner, token.label, ", ".join(token.scopes), ends)
    secrets = [f"Token (shown this once): {token.secret}" for token in found if token.secret]
    return [heading("Tokens"), "", lines, *secrets]


_VIEWS: Final[Mapping[str, Callable[[Any, str], Parts]]] = {
    "Queue": _queue,
    "Decision": _decision,
    "Detail": _detail,
    "Execution": _execution,
    "Plan": _plan,
    "Entry": _entries,
    "Totals": _totals,
    "Outcomes": _outcomes,
    "User": _users,
    "Token": _tokens,
}
