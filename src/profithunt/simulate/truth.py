"""What was planted, measured and written down: `truth/truth.json`, which no run reads."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from profithunt.simulate.laws import laws
from profithunt.simulate.planting import Wish
from profithunt.simulate.world import World

FOLDER: Final = "truth"
FILE: Final = "truth.json"
FORMAT: Final = 2
HORIZON_DAYS: Final = 28
PAYS: Final = "it was made worse, and still earns more than it costs"
_STOCK: Final = "stock"
_BEYOND_CHANCE: Final = 1.645
_CUSTOMERS: Final = {1: "lifetime_loss", 3: "discount_only_buyer", 5: "valuable_lapsing"}
_BY_ITSELF: Final = {
    1: "served at a loss, by what was planted on them",
    3: "hardly buys without a voucher, by what was planted on them",
    5: "a good customer who dropped out by themselves six to thirteen months ago",
    11: "more of it than three months will sell",
    17: "it will be gone before more can come",
    18: "more of it than the rest of its season will sell",
}


@dataclass(frozen=True)
class Gain:
    """What a world without a problem would have earned more.

    `late` the part of the last half year, `squares` the sum of its squares by customer, `orders` those touched.
    """

    money: Decimal = Decimal(0)
    late: Decimal = Decimal(0)
    squares: float = 0.0
    orders: int = 0

    def plus(self, other: Gain) -> Gain:
        """That of two parts of a world."""
        return Gain(
            self.money + other.money,
            self.late + other.late,
            self.squares + other.squares,
            self.orders + other.orders,
        )

    @property
    def is_sure(self) -> bool:
        """Whether its sign is more than the chance of a few customers."""
        return abs(float(self.money)) > _BEYOND_CHANCE * math.sqrt(self.squares)


def gather(
    world: World, wishes: list[Wish], gains: Mapping[str, Gain], customers: Sequence[tuple[int, int, Decimal]]
) -> dict[str, Any]:
    """Everything that is true of a world and can't be read off its tables, as plain data."""
    by_id = {wish.id: wish for wish in wishes}
    stock = {row["problem"]: row["money_28"] for row in _rows(world, "stock_money")} if wishes else {}
    names = {row["problem"]: _entity(row) for row in _rows(world, "named")} if wishes else {}
    ahead = {row["problem"]: row for row in _rows(world, "horizon")} if wishes else {}
    planted: dict[str, list[dict[str, Any]]] = {
        "problem": [], "decoy": [], "shift": [], "arisen": [], "undecided": [],
    }  # fmt: skip
    for row in world.engine.dicts("SELECT * FROM planted ORDER BY problem") if wishes else []:
        wish = by_id[row["wish"]]
        item = _item(world, wish, row, names[row["problem"]], gains, stock, ahead)
        if _loses_nothing(wish, item):
            if wish.kind == "problem" and (item["money"] or "-").startswith("-") and gains[row["problem"]].is_sure:
                planted["decoy"].append({**item, "kind": "decoy", "why": PAYS, "money": None, "money_28_days": "0.00"})
            else:
                planted["undecided"].append({**item, "kind": "undecided"})
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
        "arisen": planted["arisen"] + (_by_itself(world, customers) if wishes else []),
        "undecided": planted["undecided"],
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


def _loses_nothing(wish: Wish, item: Mapping[str, Any]) -> bool:
    """Whether the world would be the poorer without it: what looks like a problem is none, or was none so far."""
    return wish.kind in ("problem", "arisen") and item["money_28_days"].startswith("-")


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
    gains: Mapping[str, Gain],
    stock: Mapping[str, Decimal],
    ahead: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    gain = gains.get(row["problem"], Gain())
    gained = -gain.money if wish.gain else gain.money
    days = ahead[row["problem"]]
    lasting = (-gain.late if wish.gain else gain.late) if days["is_growing"] else gained
    per_28 = stock.get(row["problem"], Decimal(0)) if wish.measured == _STOCK else lasting * Decimal(days["share"])
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
        "orders_touched": gain.orders,
    }
    if wish.kind == "arisen":
        item |= {"why": wish.why}
    if wish.kind == "decoy":
        item |= {"why": wish.why, "money": None, "money_28_days": "0.00"}
    if wish.kind == "shift":
        item |= {"metric": wish.metric, "form": wish.form}
    return item


def _by_itself(world: World, customers: Sequence[tuple[int, int, Decimal]]) -> list[dict[str, Any]]:
    """What costs money although nobody planted it: stock against demand ahead, good customers who dropped out."""
    end = world.size.ends_on.isoformat()
    rows = world.engine.dicts(
        "SELECT number, detector, sku, money_28 FROM stock_ahead "
        "WHERE problem IS NULL AND units >= 1 AND money_28 > 0 ORDER BY number, sku"
    )
    found = [(row["number"], row["detector"], "sku", row["sku"], row["money_28"]) for row in rows]
    found += [
        (number, _CUSTOMERS[number], "customer", customer_id(member), money)
        for number, member, money in sorted(customers)
    ]
    return [
        {
            "id": f"arisen-{number:02d}-{name}-{place}",
            "kind": "arisen",
            "detector": name,
            "number": number,
            "level": level,
            "entity": {"customer_id" if level == "customer" else level: member},
            "ends_on": end,
            "money": None,
            "money_28_days": _text(money),
            "why": _BY_ITSELF[number],
        }
        for place, (number, name, level, member, money) in enumerate(found, 1)
    ]


def customer_id(number: int) -> str:
    """A customer as the tables name them."""
    return f"C{100_000_000 + (number * 16_807 + 7) % 2_147_483_647}"


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
