"""Today: what to do, in order of money, each with why, evidence, prescribed action, decision; one of them whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from profithunt import fmt
from profithunt.api.pages.opportunities import LINKS, slices_of
from profithunt.api.pages.parts import Choice, Figure, State, choices
from profithunt.api.shop import Shop
from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.actions.reading import Detail, Item
    from profithunt.actions.store.audit import Entry

SIZE: Final = 20
STATES: Final = {
    "open": "Open",
    "approved": "Approved",
    "executed,confirmed,measuring": "Under way",
    "realised": "Realised",
    "snoozed": "Later",
    "rejected": "Rejected",
    "expired,rolled_back": "Over",
}
REASONS: Final = ("known and wanted", "too small", "wrong: data", "wrong: cause", "already being done", "not now")
HIDDEN: Final = (
    "facts",
    "sample",
    "window",
    "orders",
    "chart",
    "peers",
    "query",
    "name",
    "counted",
    "effort",
    "valued_as",
    "known_problems",
    "examples",
    "assumptions",
    "valuation",
    "customers",
    "product",
    "peer_group",
    "peers",
    "p_value",
)
DAY: Final = dt.timedelta(days=1)
HAPPENED: Final = 12
VERBS: Final = (
    "triage",
    "approve",
    "reject",
    "snooze",
    "assign",
    "comment",
    "withdraw",
    "reopen",
    "wake",
    "undo",
    "execute",
    "confirm",
)
UNDONE_BY: Final = {"approve": "withdraw", "reject": "reopen", "snooze": "wake", "execute": "undo"}
SAID: Final = {
    "approve": "Approved",
    "reject": "Rejected",
    "snooze": "Put off",
    "withdraw": "Approval taken back",
    "reopen": "Open again",
    "wake": "Taken up again",
    "undo": "Undone",
    "assign": "Assigned",
    "comment": "Comment kept",
    "triage": "Taken up",
    "execute": "Carried out",
    "confirm": "Confirmed",
}


@dataclass(frozen=True)
class Card:
    """An opportunity as a card: money, what, why, what to do, what can be decided now."""

    id: str
    rank: int
    title: str
    entity: str
    href: str
    product: str
    value: Decimal
    p10: Decimal
    p90: Decimal
    confidence: float
    counted: bool
    window_days: int
    why: str
    action: str
    reversible: bool
    team: str
    assignee: str
    state: str
    reason: str
    code: str
    facts: Mapping[str, Any]
    orders: tuple[str, ...]
    valued_as: str
    known_problems: str
    verbs: tuple[str, ...]
    weeks: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Happened:
    """Something that somebody did lately."""

    at: str
    who: str
    what: str
    href: str


@dataclass(frozen=True)
class Said:
    """What was just done, and how it is taken back."""

    text: str
    title: str
    id: str
    undo: str


@dataclass(frozen=True)
class TodayPage:
    """The queue."""

    figures: tuple[Figure, ...]
    states: tuple[Choice, ...]
    owners: tuple[str, ...]
    levels: tuple[str, ...]
    cards: tuple[Card, ...]
    n: int
    value: Decimal
    page: int
    n_pages: int
    before: str
    after: str
    happened: tuple[Happened, ...]
    said: Said | None
    reasons: tuple[str, ...]
    later: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    filtered: bool
    back: str


@dataclass(frozen=True)
class OpportunityPage:
    """One opportunity with everything behind it and everything that happened to it."""

    card: Card
    evidence: Mapping[str, Any]
    peers: Mapping[str, Any]
    query: str
    assumptions: tuple[Mapping[str, Any], ...]
    valuation: Mapping[str, Any]
    chart: Mapping[str, Any]
    missing: tuple[str, ...]
    conflicts: tuple[str, ...]
    comments: tuple[Mapping[str, Any], ...]
    executions: tuple[Any, ...]
    happened: tuple[Happened, ...]
    reasons: tuple[str, ...]
    later: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    said: Said | None
    back: str


def read(shop: Shop, state: State) -> TodayPage:
    """The queue as the state filters it. Raises UsageError for a state that there isn't."""
    chosen = state.choice("state", tuple(STATES), "open")
    page = state.number("page", 1)
    owner, level, text = state.get("owner"), state.get("level"), state.get("q")
    queue = shop.act.list(
        state="open" if chosen == "open" else chosen.split(","),
        owner=owner or None,
        level=level or None,
        q=text or None,
        limit=SIZE,
        offset=(page - 1) * SIZE,
    )
    n_pages = max(1, -(-queue.total // SIZE))
    totals = shop.act.totals()
    return TodayPage(
        figures=_figures(shop, totals),
        states=choices(
            state,
            "state",
            {key: _counted(label, key, totals) for key, label in STATES.items()},
            chosen,
            page=None,
            did=None,
            id=None,
        ),
        owners=tuple(sorted(totals.by_owner)),
        levels=LEVELS,
        cards=tuple(card(item, shop.config.shop.currency, slices_of(shop)) for item in queue),
        n=queue.total,
        value=queue.value,
        page=page,
        n_pages=n_pages,
        before=state.url(page=page - 1 if page > 2 else None) if page > 1 else "",
        after=state.url(page=page + 1) if page < n_pages else "",
        happened=_happened(shop),
        said=said(shop, state),
        reasons=REASONS,
        later=_later(shop),
        people=_people(shop),
        filtered=bool(owner or level or text),
        back=state.url(did=None, id=None),
    )


LEVELS: Final = (
    "sku",
    "customer",
    "customer_sku",
    "keyword",
    "landing_page",
    "session",
    "transaction",
    "store",
    "region",
    "category",
    "lane",
)


def _counted(label: str, key: str, totals: Any) -> str:
    names = ("detected", "triaged") if key == "open" else tuple(key.split(","))
    n = sum(totals.by_state.get(name, (0, 0))[0] for name in names)
    return f"{label} {n:,}" if n else label


def _figures(shop: Shop, totals: Any) -> tuple[Figure, ...]:
    def worth(*states: str) -> tuple[int, Decimal]:
        found = [totals.by_state[name] for name in states if name in totals.by_state]
        return sum(n for n, _ in found), sum((value for _, value in found), Decimal(0))

    n_open, _ = worth("detected", "triaged")
    n_approved, approved = worth("approved", "executed", "confirmed", "measuring")
    n_done, _ = worth("realised")
    hours = totals.hours_to_decision
    del shop
    return (
        Figure(
            "Open",
            totals.open_value,
            "money",
            f"{fmt.counted(n_open, 'opportunity', 'opportunities')}, median estimate",
        ),
        Figure(
            "Approved, under way",
            approved,
            "money",
            fmt.counted(n_approved, "decision") if n_approved else "nothing yet",
        ),
        Figure(
            "Realised",
            totals.realised if n_done else None,
            "money",
            f"of {totals.predicted:,.0f} predicted" if n_done else "nothing measured yet",
        ),
        Figure(
            "From found to decided",
            None if hours is None else f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days",
            "text",
            "median",
        ),
    )


def card(item: Item, currency: str, slices: frozenset[tuple[str, str]]) -> Card:
    """An item of the queue as its card; `slices` are those of the ledger that have a page."""
    from profithunt.reports.wording import entity_text, evidence_text, examples

    told = {name: value for name, value in item.evidence.items() if name not in HIDDEN or name in ("facts", "sample")}
    facts = item.evidence.get("facts")
    chart = _mapping(item.evidence, "chart")
    return Card(
        id=item.id,
        rank=item.rank,
        title=item.title,
        entity=entity_text(item.entity),
        href=_href(item.entity, slices),
        product=str(item.evidence.get("product") or ""),
        value=item.value,
        p10=item.p10,
        p90=item.p90,
        confidence=item.confidence,
        counted=item.counted,
        window_days=item.window_days,
        why=evidence_text(told, currency, ("product", "name")),
        action=item.action,
        reversible=item.reversible,
        team=item.team,
        assignee=item.assignee or "",
        state=item.state,
        reason=item.reason or "",
        code=item.code,
        facts=facts if isinstance(facts, Mapping) else {},
        orders=examples(item.evidence),
        valued_as=str(item.evidence.get("valued_as") or ""),
        known_problems=str(item.evidence.get("known_problems") or ""),
        verbs=verbs_of(item.state),
        weeks=tuple(point["y"] for point in chart["points"]) if chart.get("kind") == "series" else (),
    )


def verbs_of(state: str) -> tuple[str, ...]:
    """What can be decided in a state, most likely first."""
    return {
        "detected": ("approve", "reject", "snooze"),
        "triaged": ("approve", "reject", "snooze"),
        "approved": ("execute", "withdraw", "reject"),
        "executed": ("confirm", "undo"),
        "confirmed": ("undo",),
        "measuring": ("undo",),
        "realised": ("reopen",),
        "snoozed": ("wake", "reject"),
        "rejected": ("reopen",),
        "expired": ("reopen",),
        "rolled_back": ("reopen",),
    }.get(state, ())


def _href(entity: Mapping[str, str], slices: frozenset[tuple[str, str]]) -> str:
    for name, value in entity.items():
        if name in LINKS:
            return LINKS[name].format(quote(value, safe=""))
        # A channel may be where orders are taken, or where customers came from.
        by = next((known for known in (name, f"marketing_{name}") if (known, value) in slices), None)
        if by is not None:
            return State("/profit").url(by=by, member=value)
    return ""


def _happened(shop: Shop) -> tuple[Happened, ...]:
    """What was done since yesterday, latest first; the same thing done to many stands once, with how often."""
    since = dt.datetime.now(tz=dt.UTC) - DAY
    told: list[tuple[Happened, int]] = []
    for entry in reversed(list(shop.act.activity(since=since, limit=400))):
        one = _told(entry)
        if told and (told[-1][0].who, told[-1][0].what) == (one.who, one.what):
            told[-1] = (told[-1][0], told[-1][1] + 1)
        else:
            told.append((one, 1))
    return tuple(
        one if n == 1 else Happened(one.at, one.who, f"{one.what}, {n:,} times", "") for one, n in told[:HAPPENED]
    )


def _told(entry: Entry) -> Happened:
    href = f"/opportunities/{entry.subject}" if entry.about == "opportunity" else ""
    return Happened(f"{entry.at:%Y-%m-%d %H:%M}", entry.by, f"{entry.verb} {entry.about}".replace("_", " "), href)


def said(shop: Shop, state: State) -> Said | None:
    """What the link says was just done."""
    did, id_ = state.get("did"), state.get("id")
    if did not in SAID:
        return None
    title = ""
    if id_ and "," not in id_:
        item = shop.act.show(id_).item
        title = item.title
        possible = UNDONE_BY.get(did, "")
        return Said(SAID[did], title, id_, possible if possible in verbs_of(item.state) else "")
    return Said(SAID[did], fmt.counted(len(id_.split(",")), "opportunity", "opportunities") if id_ else "", "", "")


def _later(shop: Shop) -> tuple[tuple[str, str], ...]:
    del shop
    today = dt.datetime.now(tz=dt.UTC).date()
    return (
        ((today + dt.timedelta(days=1)).isoformat(), "tomorrow"),
        ((today + dt.timedelta(days=7)).isoformat(), "in a week"),
        ((today + dt.timedelta(days=28)).isoformat(), "in four weeks"),
    )


def _people(shop: Shop) -> tuple[str, ...]:
    return tuple(user.name for user in shop.act.users() if user.active)


def read_opportunity(shop: Shop, state: State) -> OpportunityPage:
    """One opportunity. Raises NotFound."""
    found: Detail = shop.act.show(state.get("opportunity_id"))
    item = found.item
    evidence = item.evidence
    assumed = evidence.get("assumptions")
    return OpportunityPage(
        card=card(item, shop.config.shop.currency, slices_of(shop)),
        evidence={
            name: value
            for name, value in evidence.items()
            if name not in HIDDEN and not isinstance(value, (Mapping, list))
        },
        peers=_mapping(evidence, "peer_group"),
        query=str(evidence.get("query") or ""),
        assumptions=tuple(one for one in assumed if isinstance(one, Mapping)) if isinstance(assumed, list) else (),
        valuation=_mapping(evidence, "valuation"),
        chart=_mapping(evidence, "chart"),
        missing=found.missing,
        conflicts=tuple(str(one) for one in found.conflicts),
        comments=found.comments,
        executions=found.executions,
        happened=tuple(_told(entry) for entry in reversed(list(found.activity))),
        reasons=REASONS,
        later=_later(shop),
        people=_people(shop),
        said=said(shop, state),
        back=state.url(did=None, id=None, opportunity_id=None),
    )


def _mapping(evidence: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = evidence.get(name)
    return found if isinstance(found, Mapping) else {}


def decide(shop: Shop, verb: str, ids: Sequence[str], given: Mapping[str, str]) -> None:
    """Do one thing to one or several opportunities. Raises UsageError, NotFound, and what a policy forbids."""
    if verb not in VERBS:
        raise UsageError(f"there is no decision {verb!r}", do=f"there are: {', '.join(VERBS)}")
    if not ids:
        raise UsageError("no opportunity is chosen", do="tick one at least")
    for id_ in ids:
        _decide(shop, verb, id_, given)


def _decide(shop: Shop, verb: str, id_: str, given: Mapping[str, str]) -> None:
    act = shop.act
    words = " · ".join(part for part in (given.get("reason", "").strip(), given.get("text", "").strip()) if part)
    match verb:
        case "reject":
            act.reject(id_, words)
        case "withdraw":
            act.withdraw(id_, words or "taken back on the page")
        case "snooze":
            _triaged(shop, id_)
            act.snooze(id_, _day(given.get("until", "")))
        case "assign":
            act.assign(id_, given.get("to", "").strip() or None)
        case "comment":
            act.comment(id_, given.get("text", ""))
        case "undo":
            act.undo(id_, words)
        case "execute":
            act.execute(id_)
        case _:
            {
                "triage": act.triage,
                "approve": act.approve,
                "wake": act.wake,
                "reopen": act.reopen,
                "confirm": act.confirm,
            }[verb](id_)


def _triaged(shop: Shop, id_: str) -> None:
    if shop.act.show(id_).item.state == "detected":
        shop.act.triage(id_)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day", expected="a day such as 2025-06-30") from error
