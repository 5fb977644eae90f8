"""Tools that act: each under the agent's own name, inside its level of autonomy and limits, on the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from profithunt.mcp.desk import Desk
from profithunt.mcp.looking import Id

Json = Any
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
Money = Annotated[Decimal, Field(gt=-(10**12), lt=10**12)]


class Acting:
    """The tools over one desk, each a method."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def suggesting(self) -> Sequence[Callable[..., dict[str, Json]]]:
        """What every agent may do: nothing leaves the house."""
        return self.triage, self.assign, self.comment, self.propose, self.set_params

    def deciding(self) -> Sequence[Callable[..., dict[str, Json]]]:
        """What depends on the agent's level of autonomy."""
        return self.approve, self.execute, self.undo

    def triage(self, opportunity: Id) -> dict[str, Json]:
        """Take an opportunity up: it is worth a decision."""
        with self._desk.act() as act:
            return act.triage(opportunity).to_json()

    def assign(
        self,
        opportunity: Id,
        to: Annotated[str | None, Field(description="Person or agent by name; null for nobody.")] = None,
    ) -> dict[str, Json]:
        """Give an opportunity to somebody."""
        with self._desk.act() as act:
            return act.assign(opportunity, to).to_json()

    def comment(self, opportunity: Id, text: Text) -> dict[str, Json]:
        """Say something about an opportunity, for the people who decide."""
        with self._desk.act() as act:
            return act.comment(opportunity, text).to_json()

    def propose(
        self,
        action: Annotated[str, Field(description="Action type in small letters: lower_the_price …")],
        level: Annotated[str, Field(description="What it is about: customer, sku, keyword …")],
        entity: Annotated[dict[str, str], Field(description='Which one: {"sku": "A-1"}.', min_length=1, max_length=5)],
        reason: Annotated[str, Field(description="Why, in a sentence or two.", max_length=2000)],
        value: Annotated[Money, Field(description="Money expected over the window, in shop currency.")] = Decimal(0),
        params: Annotated[dict[str, Any] | None, Field(description="Price, bid, customers …")] = None,
        owner: Annotated[str, Field(description="Team that owns it.", min_length=1, max_length=60)] = "proposed",
        reversible: Annotated[bool, Field(description="Whether it can be undone.")] = True,  # noqa: FBT002 - named by every caller
        window_days: Annotated[int, Field(ge=1, le=730)] = 28,
    ) -> dict[str, Json]:
        """Put something into the queue that no detector found; people decide on it as on everything else."""
        with self._desk.act() as act:
            return act.propose(
                action=action, level=level, entity=entity, value=value, reason=reason, params=params or {},
                owner=owner, reversible=reversible, window_days=window_days,
            ).to_json()  # fmt: skip

    def set_params(
        self,
        opportunity: Id,
        params: Annotated[dict[str, Any], Field(description="Price, price_before, bid, customers …; null takes away.")],
    ) -> dict[str, Json]:
        """Say how an opportunity is to be carried out, before it is decided upon."""
        with self._desk.act() as act:
            return act.set_params(opportunity, params).to_json()

    def approve(self, opportunity: Id) -> dict[str, Json]:
        """Decide for it. Only with autonomy inside_limits for its action type, and only what can be undone.

        Refused, with the reason, above your limits for a day, in conflict with another action, or below a price floor.
        """
        with self._desk.act() as act:
            return act.approve(opportunity).to_json()

    def execute(
        self,
        opportunity: Id,
        digest: Annotated[str | None, Field(description="Of the dry run: anything else is not sent.")] = None,
    ) -> dict[str, Json]:
        """Carry it out, once; asked again, it gives the same execution.

        With autonomy approval only what a person approved; with inside_limits it is approved on the way, inside your
        limits for a day.
        """
        with self._desk.act() as act:
            return act.execute(opportunity, digest=digest).to_json()

    def undo(
        self,
        opportunity: Id,
        reason: Annotated[str, Field(description="Why.", max_length=2000)],
    ) -> dict[str, Json]:
        """Put the former values back, once."""
        with self._desk.act() as act:
            return act.undo(opportunity, reason).to_json()
