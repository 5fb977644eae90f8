"""Elements of an SVG as text, escaped; colours are class names that the page's tokens fill."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from markupsafe import Markup

CAPS: Final = {"viewbox": "viewBox"}


def _attribute(name: str, value: object) -> str:
    key = name.rstrip("_").replace("_", "-")
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {CAPS.get(key, key)}="{escape(text, quote=True)}"'


def element(name: str, children: Iterable[str] | str = (), /, **attributes: object) -> Markup:
    """One element; a child that isn't markup already is escaped, attributes that are None are left out.

    Underscores in names become hyphens, a trailing one is dropped (`class_`).
    """
    inside = [children] if isinstance(children, str) else list(children)
    body = "".join(child if isinstance(child, Markup) else escape(child) for child in inside)
    head = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return Markup(f"<{name}{head}>{body}</{name}>" if body else f"<{name}{head}/>")  # noqa: S704 - all parts are escaped


def percent(share: float) -> str:
    """A place or a length along the row: `37.5%`."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"
