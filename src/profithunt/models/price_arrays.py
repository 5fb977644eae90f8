"""Columns of a run as the models of prices take them, and back: guards worked out, missing figures kept missing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.matching.packs import Content, content
from profithunt.models.price_advice import Array, Rules, Terms, advise

GUARDS: Final = ("margin floor", "advertised price", "own packs", "own channels")
_HIGHER: Final = 1.02


def columns(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """Rows as columns for the engine: text with None where it is missing, figures as doubles."""
    found: dict[str, npt.NDArray[Any]] = {}
    for name, kind in kinds.items():
        values = [row[name] for row in rows]
        found[name] = np.array(values, dtype=object) if kind == "text" else np.array(values, dtype=np.float64)
    return found


def floats(values: npt.NDArray[Any]) -> Array:
    """Figures as doubles, NaN where they are missing."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(np.float64), math.nan))
    return np.asarray(values, dtype=np.float64)


def texts(values: npt.NDArray[Any]) -> list[str]:
    """Text, empty where it is missing."""
    missing = np.ma.getmaskarray(values)
    return [
        "" if gone or value is None else str(value) for value, gone in zip(np.ma.getdata(values), missing, strict=True)
    ]


def advice_columns(
    terms: Mapping[str, npt.NDArray[Any]], siblings: Mapping[str, npt.NDArray[Any]], rules: Rules, margin_floor: float
) -> dict[str, npt.NDArray[Any]]:
    """Advice for every SKU of `price_terms` as columns of `price_positions`.

    `margin_floor` is the share of a price ex tax that must be left over the unit cost.
    """
    price = floats(terms["price"])
    floors = np.stack(
        [
            floats(terms["unit_cost"]) * (1 + floats(terms["tax"])) / (1 - margin_floor),
            floats(terms["minimum_price"]),
            *_packs(texts(terms["sku"]), siblings),
            np.where(
                floats(terms["channel_high"]) > _HIGHER * floats(terms["channel_low"]),
                floats(terms["channel_low"]),
                np.nan,
            ),
        ]
    )
    ceiling, floors = floors[3], np.delete(floors, 3, axis=0)
    floors = np.where(np.isfinite(floors), floors, -np.inf)
    # A guard that is broken already asks for no rise; it only lets nothing fall further.
    floors = np.minimum(floors, price)
    units = floats(terms["units"])
    days = np.maximum(floats(terms["sold_days"]), 1)
    found = advise(
        Terms(
            price=price,
            delivered=floats(terms["delivered"]),
            lowest_price=floats(terms["lowest_price"]),
            lowest_delivered=floats(terms["lowest_delivered"]),
            units=units * 28 / days,
            seen=units,
            margin=floats(terms["margin"]),
            net_price=floats(terms["net_price"]),
            spread=floats(terms["spread"]),
            slanted=floats(terms["slanted"]),
            floor=floors.max(axis=0),
            ceiling=np.where(np.isfinite(ceiling), np.maximum(ceiling, price), np.inf),
            at_war=np.asarray(np.ma.filled(terms["at_war"], fill_value=False), dtype=bool),
        ),
        rules,
    )
    lowest = np.array(GUARDS, dtype=object)[floors.argmax(axis=0)] if len(price) else np.array([], dtype=object)
    named = np.where(np.isfinite(floors.max(axis=0)), lowest, "own packs")
    rising = np.isfinite(found.price) & (found.price > price)
    guard = np.where(found.clipped, np.where(rising, "own packs", named), "")
    guard = np.where(found.reason == "price_war", "price war", guard)
    return {
        "sku": np.array(texts(terms["sku"]), dtype=object),
        "elasticity": found.elasticity,
        "elasticity_sd": found.elasticity_sd,
        "learnt": found.learnt,
        "advice": found.advice.astype(object),
        "reason": found.reason.astype(object),
        "guard": guard.astype(object),
        "price_to_try": np.ma.masked_invalid(found.price),
        "value": np.ma.masked_invalid(found.value),
        "value_low": np.ma.masked_invalid(found.low),
        "value_high": np.ma.masked_invalid(found.high),
        "probability": np.ma.masked_invalid(found.probability),
    }


def _packs(skus: Sequence[str], siblings: Mapping[str, npt.NDArray[Any]]) -> tuple[Array, Array]:
    """Lowest and highest price that each SKU may have so that no own pack of the style is undercut.

    A larger pack must not cost more by content than a smaller one; the same contents, size and colour cost the same.
    """
    styles: dict[str, list[int]] = defaultdict(list)
    for place, style in enumerate(texts(siblings["product_id"])):
        styles[style].append(place)
    held = _contents(siblings)
    prices = floats(siblings["price"])
    look = list(zip(texts(siblings["size"]), texts(siblings["colour"]), strict=True))
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    own = texts(siblings["sku"])
    for places in styles.values():
        for place in places:
            floor, ceiling = _bounds(place, [other for other in places if other != place], held, prices, look)
            low[own[place]], high[own[place]] = floor, ceiling
    return (
        np.array([low.get(sku, math.nan) for sku in skus], dtype=np.float64),
        np.array([high.get(sku, math.nan) for sku in skus], dtype=np.float64),
    )


def _bounds(
    place: int, others: Sequence[int], held: Sequence[tuple[str, float]], prices: Array, look: Sequence[tuple[str, str]]
) -> tuple[float, float]:
    kind, size = held[place]
    floor, ceiling = -math.inf, math.inf
    for other in others:
        if held[other][0] != kind or not math.isfinite(prices[other]) or prices[other] <= 0:
            continue
        by_content = size * prices[other] / held[other][1]
        if held[other][1] > size * 1.02:
            floor = max(floor, by_content)
        elif held[other][1] < size / 1.02:
            ceiling = min(ceiling, by_content)
        elif look[other] == look[place]:
            floor = max(floor, float(prices[other]))
    return (floor if math.isfinite(floor) else math.nan), (ceiling if math.isfinite(ceiling) else math.nan)


def _contents(siblings: Mapping[str, npt.NDArray[Any]]) -> list[tuple[str, float]]:
    """Kind and amount of what each SKU holds; one piece where nothing is said."""
    found: list[tuple[str, float]] = []
    for pack, name, size in zip(*(texts(siblings[column]) for column in ("pack_size", "name", "size")), strict=True):
        said: Content = next((one for one in map(content, (pack, name, size)) if not one.nothing), Content())
        amount = said.amount if said.amount is not None else said.counted
        found.append((said.kind or "pieces", amount or 1.0))
    return found
