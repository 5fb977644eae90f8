"""What was planted, measured and written down: `truth/truth.json`, which no run reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from profithunt.simulate.laws import laws
from profithunt.simulate.planting import Wish
from profithunt.simulate.world import World

FOLDER: Final = "truth"
FILE: Final = "truth.json"
FORMAT: Final = 1
HORIZON_DAYS: Final = 28
PAYS: Final = "it was made worse, and still earns more than it costs"
_STOCK: Final = "stock"


def gather(world: World, wishes: list[Wish], gains: Mapping[str, tuple[Decimal, int]]) -> dict[str, Any]:
    """Everything that is true of a world and can't be read off its tables, as plain data."""
    by_id = {wish.id: wish for wish in wishes}
    stock = {row["problem"]: row["money_28"] for row in _rows(world, "stock_money")} if wishes else {}
    names = {row["problem"]: _entity(row) for row in _rows(world, "named")} if wishes else {}
    planted: dict[str, list[dict[str, Any]]] = {"problem": [], "decoy": [], "shift": []}
    for row in world.engine.dicts("SELECT * FROM planted ORDER BY problem") if wishes else []:
        wish = by_id[row["wish"]]
        item = _item(world, wish, row, names[row["problem"]], gains, stock)
        if _pays(wish, item):
            planted["decoy"].append({**item, "kind": "decoy", "why": PAYS, "money": None, "money_28_days": "0.00"})
        elif _came_about(wish, item):
            planted[wish.kind].append(item)
    size = world.size
    return {
        "format": FORMAT,
        "simulated": True,
        "customers": size.customers,
        "months": size.months,
        "seed": size.seed,
        "level": size.problems,
        "currency": laws().shop["currency"],
        "starts_on": size.starts_on.isoformat(),
        "ends_on": size.ends_on.isoformat(),
        "horizon_days": HORIZON_DAYS,
        "problems": planted["problem"],
        "decoys": planted["decoy"] + (_chance_decoys(world) if wishes else []),
        "shifts": planted["shift"],
        "actions": [_action(world, row) for row in world.engine.dicts("SELECT * FROM action_means ORDER BY action")],
    }


def write(folder: Path, truth: Mapping[str, Any]) -> Path:
    """Write the truth of a world below its folder."""
    path = folder / FOLDER / FILE
    path.parent.mkdir()
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def _rows(world: World, name: str) -> list[dict[str, Any]]:
    return world.engine.dicts(world.sql("truth", name))


def _pays(wish: Wish, item: Mapping[str, Any]) -> bool:
    """Whether the world would be the poorer without it: what looks like a problem is none."""
    return wish.kind == "problem" and item["money_28_days"].startswith("-")


def _came_about(wish: Wish, item: Mapping[str, Any]) -> bool:
    """Whether the problem changed anything: a parcel can't be late where nothing was ordered."""
    return (
        wish.kind != "problem"
        or wish.measured in ("none", _STOCK)
        or item["orders_touched"] > 0
        or item["money"] != "0.00"
    )


def _entity(row: Mapping[str, Any]) -> dict[str, str]:
    pairs = ((row["key"], row["member"]), (row["other_key"], row["other_member"]))
    return {key: value for key, value in pairs if key is not None}


def _item(
    world: World,
    wish: Wish,
    row: Mapping[str, Any],
    entity: dict[str, str],
    gains: Mapping[str, tuple[Decimal, int]],
    stock: Mapping[str, Decimal],
) -> dict[str, Any]:
    days = row["ends_no"] - row["starts_no"] + 1
    gained, touched = gains.get(row["problem"], (Decimal(0), 0))
    gained = -gained if wish.gain else gained
    per_28 = stock.get(row["problem"], Decimal(0)) if wish.measured == _STOCK else gained * HORIZON_DAYS / days
    item: dict[str, Any] = {
        "id": row["problem"],
        "kind": wish.kind,
        "detector": wish.name,
        "number": wish.number,
        "level": wish.entity,
        "entity": entity,
        "lever": wish.lever,
        "starts_on": _day(world, row["starts_no"]),
        "ends_on": _day(world, row["ends_no"]),
        "strength": row["strength"],
        "without": "absent" if wish.absent else "neutral",
        "gain": wish.gain,
        "money": None if wish.measured == _STOCK else _text(gained),
        "money_28_days": _text(per_28),
        "orders_touched": touched,
    }
    if wish.kind == "decoy":
        item |= {"why": wish.why, "money": None, "money_28_days": "0.00"}
    if wish.kind == "shift":
        item |= {"metric": wish.metric, "form": wish.form}
    return item


def _chance_decoys(world: World) -> list[dict[str, Any]]:
    """What looks terrible without anything being wrong: small samples, and a season that ends as it does every year."""
    end = world.size.ends_on.isoformat()
    common = {"kind": "decoy", "starts_on": world.size.starts_on.isoformat(), "ends_on": end, "strength": 0.0,
              "money": None, "money_28_days": "0.00"}  # fmt: skip
    found: list[dict[str, Any]] = [
        {
            **common,
            "id": f"decoy-23-small-sample-{number}",
            "detector": "return_driven_loss",
            "number": 23,
            "level": "sku",
            "entity": {"sku": row["sku"]},
            "why": f"{row['n_back']} of {row['n_lines']} lines come back by chance; {row['expected']:.0%} do in truth",
        }
        for number, row in enumerate(_rows(world, "lucky"), 1)
    ]
    found += [
        {
            **common,
            "id": "decoy-season",
            "detector": None,
            "number": None,
            "level": "category",
            "entity": {"category": row["category"]},
            "why": f"the season ends as it does every year: {row['factor_now']:.0%} of a mean month after "
            f"{row['factor_then']:.0%} two months before",
        }
        for row in _rows(world, "fading")
    ]
    return found


def _action(world: World, row: Mapping[str, Any]) -> dict[str, Any]:
    means = ("ate", "att", "ato", "ate_never", "propensity", "profit_acted", "profit_not")
    return {
        "action": row["action"],
        "kind": "customer_events.kind",
        "horizon_days": world.values["horizon"],
        "outcome": "contribution profit of the days after the index order, without it",
        "index": "first order of the index window; acted if it holds the action",
        "index_days": world.values["index_days"],
        "n_sampled": row["n_eligible"],
        "n_acted": row["n_acted"],
        **{name: None if row[name] is None else round(row[name], 4) for name in means},
    }


def _day(world: World, number: int) -> str:
    day = world.engine.value("SELECT day FROM days WHERE day_no = $1", [number])
    return str(day.isoformat())


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
