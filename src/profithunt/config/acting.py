"""Who may do what: the store of decisions, signing in, limits, autonomy."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from profithunt.config.section import Section

Permission = Literal[
    "see",
    "comment",
    "assign",
    "triage",
    "propose",
    "approve",
    "reject",
    "execute",
    "undo",
    "document",
    "manage",
]


AutonomyLevel = Literal["suggest", "approval", "inside_limits"]


class StorePlace(Section):
    """Where people's and agents' decisions are kept."""

    url: str | None = Field(
        None,
        description="PostgreSQL (postgresql://…), SQLite (sqlite:///…) or env:NAME, a variable that holds the URL; "
        "default: .profithunt/app.db. PROFITHUNT_STORE_URL goes before it.",
    )


class SignOn(Section):
    """Signing in to a team's pages through an identity provider (OpenID Connect), beside passwords or instead."""

    issuer: str | None = Field(
        None, description="Address of the provider as its discovery document gives it; https unless it is this machine."
    )
    client_id: str = Field("profithunt", min_length=1, description="Name under which the provider knows the pages.")
    secret_env: str | None = Field(
        None, description="Environment variable that holds the client's secret; none: a public client."
    )
    label: str = Field("Sign in with the company's account", description="What the link says.")
    scopes: list[str] = Field(default_factory=lambda: ["openid", "email", "profile"], description="Scopes asked for.")
    name_claim: str = Field(
        "email", description="Claim that is the person's name here; `email` counts only where it is verified."
    )
    role_claim: str | None = Field(
        None, description="Claim with a person's groups, dots between levels; none: roles are given in Settings."
    )
    roles: dict[str, str] = Field(
        default_factory=dict, description="Role here by group there; of several the one that stands first."
    )
    otherwise: str | None = Field(
        None, description="Role of people whom no group gives one; none: they are not let in."
    )
    address: str | None = Field(
        None, description="Address of the pages as browsers see it, e.g. https://profit.example.com; default: as asked."
    )
    passwords: bool = Field(True, description="Whether passwords work, too.")


class RoleLimits(Section):
    """What a role may do, and set in motion in a day; what is left out is not limited."""

    may: list[Permission] = Field(description="What the role may do.")
    money_a_day: Decimal | None = Field(None, ge=0, description="Expected money of its actions, a day.")
    skus_a_day: int | None = Field(None, ge=0, description="SKUs, a day.")
    customers_a_day: int | None = Field(None, ge=0, description="Customers, a day.")
    sku_share: float | None = Field(None, ge=0, le=1, description="SKUs a day as a share of those sold.")
    customer_share: float | None = Field(None, ge=0, le=1, description="Customers a day as a share of the active ones.")
    spend_share: float | None = Field(None, ge=0, le=1, description="Advertising a day as a share of the shop's.")
    price_change: float | None = Field(None, ge=0, description="Largest change of one price, as a share of it.")


class AgentAutonomy(Section):
    """How far an agent goes by itself."""

    level: AutonomyLevel = Field("suggest", description="For action types that are not named.")
    levels: dict[str, AutonomyLevel] = Field(default_factory=dict, description="By action type.")


class AutonomySettings(Section):
    """Who may decide what alone, and what holds an action back."""

    share: float = Field(
        0.02, ge=0, le=1, description="Share of daily spend, SKUs and customers that flows by itself, a day."
    )
    price_change: float = Field(0.1, ge=0, description="Change of a price that flows by itself, as a share of it.")
    window_days: int = Field(
        28, ge=1, le=365, description="Days in which an action holds its SKU, customer or keyword and is measured."
    )
    margin_floor: float = Field(
        0.0, ge=-1, lt=1, description="Share of a price without tax that must be left over its unit cost."
    )
    expire_days: int = Field(
        0, ge=0, le=365, description="Days after which an open opportunity that no run finds any more expires."
    )
    reopen_days: int = Field(
        28, ge=0, le=365, description="Days after which one that was realised or rolled back opens again when found."
    )
    roles: dict[str, RoleLimits] = Field(default_factory=dict, description="Roles, beside or instead of the usual.")
    agents: dict[str, AgentAutonomy] = Field(default_factory=dict, description="Agents by name.")
