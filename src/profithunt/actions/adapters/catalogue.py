"""The adapters in one list, and how one is made for a shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from profithunt.actions.adapters.base import Base
from profithunt.actions.adapters.google_ads import GoogleAdsFile
from profithunt.actions.adapters.klaviyo import KlaviyoFile, KlaviyoImport
from profithunt.actions.adapters.prescribed import FALLBACK
from profithunt.actions.adapters.protocol import Adapter, Context
from profithunt.actions.adapters.shopify import ShopifyFile
from profithunt.actions.adapters.tables import CsvFile
from profithunt.actions.adapters.tasks import EmailTasks, SlackTasks, TaskFile
from profithunt.actions.adapters.webhook import WebhookEvents
from profithunt.errors import NotFound

ADAPTERS: Final[Mapping[str, Callable[[Context], Base]]] = {
    "google_ads": GoogleAdsFile,
    "shopify": ShopifyFile,
    "klaviyo": KlaviyoImport,
    "klaviyo_file": KlaviyoFile,
    "csv": CsvFile,
    "task": TaskFile,
    "webhook": WebhookEvents,
    "slack": SlackTasks,
    "email": EmailTasks,
}
"""Every adapter by its name in shop.toml; `task` needs no setting and serves what no other one does."""

NEEDS_NOTHING: Final = ("csv", FALLBACK)


def build(name: str, context: Context) -> Adapter:
    """An adapter for a shop; `context.settings` are those of `[adapters.<name>]`. Raises NotFound, ConfigError."""
    if name not in ADAPTERS:
        raise NotFound(f"there is no adapter '{name}'", expected=f"one of {', '.join(ADAPTERS)}")
    return ADAPTERS[name](context)
