"""The price comparison as an HTML fragment for a shop's product page.

One `<section>` that stands alone: no script, no request, every text escaped, links to http(s) only, a table with a
caption and headed rows, light and dark by the visitor's own setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from profithunt import fmt
from profithunt.errors import UsageError

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "caption": "What it costs here and elsewhere",
        "seller": "Shop",
        "price": "Price",
        "delivery": "Delivery",
        "total": "In all",
        "arrives": "Arrives",
        "here": "this shop",
        "checked": "seen",
        "free": "free",
        "unknown": "not stated",
        "day": "within {n} day",
        "days": "within {n} days",
        "usually": "usually within {n} days",
        "punctual": "{n} of 100 parcels come when promised",
        "pack": "{price} for what they sell; shown for as much as here",
        "by_unit": "{price} a {unit}",
        "piece": "piece",
        "note": "Prices elsewhere as they were seen on the day shown; they may have changed since.",
        "out": "Not in stock elsewhere: {n}.",
    },
    "de": {
        "caption": "Was es hier und anderswo kostet",
        "seller": "Händler",
        "price": "Preis",
        "delivery": "Versand",
        "total": "Zusammen",
        "arrives": "Lieferung",
        "here": "dieser Shop",
        "checked": "gesehen am",
        "free": "kostenlos",
        "unknown": "nicht angegeben",
        "day": "in {n} Tag",
        "days": "in {n} Tagen",
        "usually": "meist in {n} Tagen",
        "punctual": "{n} von 100 Paketen kommen wie versprochen",
        "pack": "dort {price} je Packung; hier für die gleiche Menge gezeigt",
        "by_unit": "{price} je {unit}",
        "piece": "Stück",
        "note": "Preise anderer Händler vom angegebenen Tag; sie können sich seither geändert haben.",
        "out": "Anderswo nicht vorrätig: {n}.",
    },
    "fr": {
        "caption": "Le prix ici et ailleurs",
        "seller": "Boutique",
        "price": "Prix",
        "delivery": "Livraison",
        "total": "En tout",
        "arrives": "Délai",
        "here": "cette boutique",
        "checked": "vu le",
        "free": "gratuite",
        "unknown": "non indiqué",
        "day": "sous {n} jour",
        "days": "sous {n} jours",
        "usually": "le plus souvent sous {n} jours",
        "punctual": "{n} colis sur 100 arrivent comme promis",
        "pack": "{price} pour leur lot ; montré pour la même quantité qu'ici",
        "by_unit": "{price} / {unit}",
        "piece": "pièce",
        "note": "Prix relevés ailleurs le jour indiqué ; ils ont pu changer depuis.",
        "out": "Indisponible ailleurs : {n}.",
    },
}
LANGUAGES: Final = tuple(_WORDS)


def render(view: Mapping[str, Any], language: str = "en", *, style: bool = True) -> str:
    """The fragment of a customer's view (its JSON form). Raises UsageError for a language that there is not."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    if language not in _WORDS:
        raise UsageError(f"there is no language {language!r}", do=f"there are: {', '.join(LANGUAGES)}")
    words = _WORDS[language]
    environment = Environment(
        loader=PackageLoader("profithunt.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    out = view["n_out_of_stock"]
    return environment.get_template("price_fragment.html.j2").render(
        view=view,
        offers=[_shown(offer, view["currency"], words) for offer in view["offers"]],
        words=words,
        language=language,
        style=style,
        out=words["out"].format(n=out) if out else "",
    )


def _shown(offer: Mapping[str, Any], currency: str, words: Mapping[str, str]) -> dict[str, Any]:
    """One offer in words."""

    def money(amount: str | None) -> str:
        return words["unknown"] if amount is None else fmt.money_exact(amount, currency)

    other_pack = offer["packs"] != 1
    unit = words["piece"] if offer["unit"] == "piece" else offer["unit"]
    free = offer["shipping"] is not None and not float(offer["shipping"])
    late = offer["late_share"]
    return {
        **offer,
        "like_for_like": money(offer["like_for_like"]),
        "shipping": words["free"] if free else money(offer["shipping"]),
        "total": money(offer["total"]),
        "pack": words["pack"].format(price=money(offer["price"])) if other_pack else "",
        "by_unit": words["by_unit"].format(price=money(offer["unit_price"]), unit=unit) if offer["unit_price"] else "",
        "arrives": _arrives(offer["delivery_days"], words, own=offer["own"]),
        "punctual": "" if late is None else words["punctual"].format(n=int(100 * (1 - late))),
    }


def _arrives(days: int | None, words: Mapping[str, str], *, own: bool) -> str:
    if days is None:
        return words["unknown"]
    if own and days != 1:
        return words["usually"].format(n=days)
    return words["day" if days == 1 else "days"].format(n=days)
