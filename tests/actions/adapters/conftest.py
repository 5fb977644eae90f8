"""A shop's folder for adapters, and actions to carry out."""

from __future__ import annotations

import base64
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from profithunt.actions.adapters.catalogue import build
from profithunt.actions.adapters.protocol import Action, Adapter, Context
from tests.actions.adapters.servers import Mailbox, Receiver, mail_server, receiver

SECRET = "whsec_" + base64.b64encode(b"a secret of the shop that is long").decode()


@pytest.fixture
def adapter(tmp_path, monkeypatch) -> Callable[..., Adapter]:
    """Makes an adapter of a shop with the settings given."""
    monkeypatch.setenv("PROFITHUNT_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("PROFITHUNT_KLAVIYO_KEY", "pk_very_secret")

    def make(name: str, **settings: Any) -> Adapter:
        return build(name, context(tmp_path, settings))

    return make


def context(folder: Path, settings: dict[str, Any] | None = None) -> Context:
    products = {"A": {"name": "Mug", "list_price": "10.0000"}}

    def lookup(table: str, entity: Any) -> Any:
        return products.get(entity.get("sku")) if table == "products" else None

    return Context(folder, folder / "outbox", "EUR", dt.datetime(2025, 3, 1, tzinfo=dt.UTC), settings or {}, lookup)


def an_action(kind: str, entity: dict[str, str], adapter: str, **more: Any) -> Action:
    holdout = more.pop("holdout", ())
    return Action(
        "act-1", kind, "sku", entity, adapter, params=more, holdout=tuple(holdout), value="120.00", currency="EUR"
    )


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def everything(tmp_path) -> Callable[[], str]:
    """All that the outbox holds, as one text: where a secret would be found."""

    def read() -> str:
        found = []
        for folder, _, names in os.walk(tmp_path / "outbox"):
            found += [(Path(folder) / name).read_text("utf-8") for name in names]
        return "\n".join(found)

    return read
