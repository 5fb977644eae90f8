"""Tools that look: queue, evidence, stories behind figures, profit, other terms and carriers. They change nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from profithunt.api.agents import brief, plain, profit_ends, standing
from profithunt.mcp.desk import Desk

Json = Any
Id = Annotated[str, Field(description="Opportunity, by its id or the first characters of it.", max_length=40)]
_MOST: Final = 100


class Looking:
    """The tools over one desk, each a method."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> Sequence[Callable[..., dict[str, Json]]]:
        """All of them."""
        return (
            self.whoami, self.list_opportunities, self.show_opportunity, self.dry_run, self.explain, self.profit,
            self.simulate_delivery_terms, self.simulate_carrier_switch, self.outcomes, self.activity,
        )  # fmt: skip

    def whoami(self) -> dict[str, Json]:
        """Who you are here: what you may do, how far by yourself for each action type, and your limits for a day.

        Levels of autonomy: suggest (propose and comment only), approval (carry out what a person approved),
        inside_limits (approve and carry out by yourself what can be undone and is inside your limits).
        """
        with self._desk.act() as act:
            return {**standing(act), "shop": act.shop.config.shop.name, "currency": act.shop.config.shop.currency}

    def list_opportunities(
        self,
        state: Annotated[
            list[str] | None, Field(description="States, or 'open' (nothing decided yet); null for all.")
        ] = ["open"],  # noqa: B006 - never changed, and shown to callers as it is
        owner: Annotated[str | None, Field(description="Team that owns it.")] = None,
        assignee: Annotated[str | None, Field(description="Who it is given to.")] = None,
        level: Annotated[str | None, Field(description="customer, sku, keyword, lane …")] = None,
        detector: Annotated[str | None, Field(description="Detector by code or name.")] = None,
        search: Annotated[str | None, Field(description="Words to look for.")] = None,
        limit: Annotated[int, Field(ge=1, le=_MOST)] = 20,
        offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
    ) -> dict[str, Json]:
        """The queue of opportunities, most money first: what loses or could make money, its worth, the action to take.

        `total` is how many match, `value` what they are worth together, in shop currency over each one's window.
        """
        with self._desk.act() as act:
            found = act.list(
                state=state, owner=owner, assignee=assignee, level=level, detector=detector, q=search, limit=limit,
                offset=offset,
            )  # fmt: skip
            return {**found.to_json(), "items": [brief(item) for item in found]}

    def show_opportunity(self, opportunity: Id) -> dict[str, Json]:
        """One opportunity: evidence, history, what it lacks before it may be carried out, conflicts, your autonomy."""
        with self._desk.act() as act:
            found = act.show(opportunity)
            level = act.whoami().autonomy(found.item.action).value
            return {**found.to_json(), "your_autonomy": level}

    def dry_run(self, opportunity: Id) -> dict[str, Json]:
        """The exact difference that carrying it out would make, and what would be sent. Nothing is sent.

        Give `digest` to `execute`, so that only what was looked at is carried out.
        """
        with self._desk.act() as act:
            found = act.execute(opportunity, dry_run=True)
            return {**found.to_json(), "digest": found.digest}

    def explain(
        self,
        kind: Annotated[str, Field(description="order, customer, sku, keyword, component or another dimension.")],
        id: Annotated[str, Field(description="Which one.")],  # noqa: A002 - the word of the trade
    ) -> dict[str, Json]:
        """The story behind a figure: rows, where they come from, the rates and rules that made the profit."""
        with self._desk.act() as act:
            return dict(plain(act.shop.explain(kind, id)))

    def profit(
        self,
        by: Annotated[str | None, Field(description="Dimension: category, channel, sku …; null for the shop.")] = None,
        start: Annotated[dt.date | None, Field(description="First day.")] = None,
        end: Annotated[dt.date | None, Field(description="Last day.")] = None,
        top: Annotated[int, Field(ge=1, le=_MOST, description="Members shown at each end.")] = 10,
    ) -> dict[str, Json]:
        """Profit of the shop, or by a dimension those who make most and those who lose most (cm3: contribution)."""
        with self._desk.act() as act:
            return profit_ends(act.shop, by, start, end, top)

    def simulate_delivery_terms(
        self,
        thresholds: Annotated[list[float], Field(description="Order values from which delivery is free.")] = [],  # noqa: B006
        charges: Annotated[list[float], Field(description="What delivery costs below that.")] = [],  # noqa: B006
    ) -> dict[str, Json]:
        """What other free-delivery thresholds and charges would earn, over the shop's own orders, with ranges."""
        with self._desk.act() as act:
            return dict(plain(act.shop.proposition.delivery_terms(thresholds, charges)))

    def simulate_carrier_switch(
        self,
        carrier: Annotated[str, Field(description="Carrier that has the parcels now.")],
        to: Annotated[str, Field(description="Carrier that would take them.")],
        region: Annotated[str | None, Field(description="Only in this region.")] = None,
    ) -> dict[str, Json]:
        """What moving parcels from one carrier to another would do in a year: profit, failures, with a range."""
        with self._desk.act() as act:
            found = act.shop.carriers((carrier, to), region)
            return {"cost_of_failure": found.cost_of_failure, "scenario": plain(found.scenario)}

    def outcomes(self) -> dict[str, Json]:
        """What actions brought beside what was predicted: by detector, team, actor, people and agents.

        `sides` sets people beside agents: approvals, how many of them others turned over, realised and predicted.
        """
        with self._desk.act() as act:
            return act.outcomes().to_json()

    def activity(
        self,
        opportunity: Annotated[str | None, Field(description="Only what concerns this subject.")] = None,
        by: Annotated[str | None, Field(description="Only what this person or agent did.")] = None,
        limit: Annotated[int, Field(ge=1, le=1000)] = 50,
    ) -> dict[str, Json]:
        """The record of who did what, the latest last."""
        with self._desk.act() as act:
            found = act.activity(subject=opportunity, actor=by, limit=limit)
            return {"entries": [entry.to_json() for entry in found]}
