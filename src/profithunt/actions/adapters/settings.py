"""Settings of the adapters, `[adapters.<name>]` in shop.toml. No secret stands there: only the names of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profithunt.errors import ConfigError


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Files(_Settings):
    """An adapter that writes files to import."""

    confirm: Literal["imported", "written"] = Field(
        "imported",
        description="When a file counts as taken: once it was moved to `imported/` (or `refused/`), or once written.",
    )


class GoogleAds(Files):
    """Files for Google Ads Editor."""

    export: str | None = Field(
        None, description="Export of the account's keywords (CSV), below the shop: where former values come from."
    )
    match_type: Literal["Broad", "Phrase", "Exact"] = Field("Exact", description="Match type where none is known.")
    decimals: int = Field(2, ge=0, le=4, description="Decimals of a bid.")


class Shopify(Files):
    """Product files for Shopify."""

    export: str | None = Field(
        None, description="Product export of the shop (CSV), below the shop: handles, options, former prices and tags."
    )
    decimals: int = Field(2, ge=0, le=4, description="Decimals of a price.")


class Klaviyo(Files):
    """Profiles for Klaviyo, as files or through its bulk import."""

    property: str = Field("profithunt", description="Start of the profile property that an action sets.")
    emails: str | None = Field(
        None,
        description="CSV with columns customer_id and email, below the shop; without it profiles are external ids.",
    )
    url: str = Field("https://a.klaviyo.com", description="Where its interface is.")
    revision: str = Field("2025-01-15", description="Revision of the interface.")
    key_env: str = Field("PROFITHUNT_KLAVIYO_KEY", description="Environment variable that holds the private key.")
    timeout_seconds: float = Field(20, gt=0, le=300, description="Longest wait for an answer.")
    attempts: int = Field(5, ge=1, le=20, description="How often one call is tried.")
    first_wait_seconds: float = Field(0.5, ge=0, le=60, description="Wait before the second attempt; then doubled.")
    per_second: int | None = Field(10, ge=1, description="Most calls a second.")
    per_minute: int | None = Field(150, ge=1, description="Most calls a minute.")


class Webhook(_Settings):
    """CloudEvents to an address of one's own."""

    url: str = Field(description="Address that takes the events, https unless it is this machine.")
    confirm_url: str | None = Field(
        None,
        description="Address that knows of events taken: asked as `<address>/<key>`; 200 yes, 202 not yet, 404 no.",
    )
    source: str = Field("/profithunt", description="`source` of the events.")
    type: str = Field("profithunt.action", description="Start of their `type`.")
    secret_env: str = Field("PROFITHUNT_WEBHOOK_SECRET", description="Environment variable with the signing secret.")
    timeout_seconds: float = Field(20, gt=0, le=300, description="Longest wait for an answer.")
    attempts: int = Field(5, ge=1, le=20, description="How often one call is tried.")
    first_wait_seconds: float = Field(0.5, ge=0, le=60, description="Wait before the second attempt; then doubled.")
    per_second: int | None = Field(10, ge=1, description="Most calls a second.")
    per_minute: int | None = Field(300, ge=1, description="Most calls a minute.")


class Slack(_Settings):
    """Tasks as messages in Slack."""

    url_env: str = Field("PROFITHUNT_SLACK_URL", description="Environment variable with the webhook's address.")
    timeout_seconds: float = Field(20, gt=0, le=300, description="Longest wait for an answer.")
    attempts: int = Field(3, ge=1, le=20, description="How often a message is tried that was surely not taken.")
    first_wait_seconds: float = Field(1, ge=0, le=60, description="Wait before the second attempt; then doubled.")
    per_second: int | None = Field(1, ge=1, description="Most messages a second.")
    per_minute: int | None = Field(30, ge=1, description="Most messages a minute.")


class Email(_Settings):
    """Tasks as e-mail."""

    host: str = Field(description="Mail server.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is kept private.")
    sender: str = Field(description="Address that the tasks come from.")
    to: dict[str, str] = Field(
        default_factory=dict, description='Address of each team or store: `buying = "buying@…"`, `default = …`.'
    )
    user: str | None = Field(None, description="Name to log in with; without it nobody logs in.")
    password_env: str = Field("PROFITHUNT_SMTP_PASSWORD", description="Environment variable with the password.")
    timeout_seconds: float = Field(20, gt=0, le=300, description="Longest wait for an answer.")
    attempts: int = Field(3, ge=1, le=20, description="How often a message is tried that was surely not taken.")
    first_wait_seconds: float = Field(1, ge=0, le=60, description="Wait before the second attempt; then doubled.")
    per_second: int | None = Field(2, ge=1, description="Most messages a second.")
    per_minute: int | None = Field(60, ge=1, description="Most messages a minute.")


SETTINGS: Final[Mapping[str, type[_Settings]]] = {
    "google_ads": GoogleAds,
    "shopify": Shopify,
    "klaviyo": Klaviyo,
    "klaviyo_file": Klaviyo,
    "csv": Files,
    "task": Files,
    "webhook": Webhook,
    "slack": Slack,
    "email": Email,
}
"""What `[adapters.<name>]` may say."""

Chosen = TypeVar("Chosen", bound=_Settings)


def settings(kind: type[Chosen], given: Mapping[str, Any], name: str) -> Chosen:
    """Settings of an adapter. Raises ConfigError that names the key."""
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        wrong = {
            "extra_forbidden": f"there is no setting '{key}'",
            "missing": f"the setting '{key}' is missing",
        }.get(first["type"], f"the setting '{key}' is wrong: {first['msg'].lower()}")
        raise ConfigError(
            wrong,
            where=f"shop.toml, adapters.{name}",
            expected=f"keys {', '.join(kind.model_fields)}",
        ) from error


def check(given: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold every `[adapters.<name>]` of shop.toml against what the adapter takes. Raises ConfigError for the first."""
    for name, chosen in given.items():
        if name not in SETTINGS:
            raise ConfigError(
                f"there is no adapter '{name}'",
                where=f"shop.toml, adapters.{name}",
                expected=f"one of {', '.join(SETTINGS)}",
            )
        settings(SETTINGS[name], chosen, name)
