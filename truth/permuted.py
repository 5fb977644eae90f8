"""A simulated shop whose labels are shuffled: next to nothing is to be found, since nothing has a cause any more.

What happened stays as it was (orders, parcels, returns, contacts, clicks: how many, how late, how dear), but to whom,
where, with which SKU it happened is drawn anew from the same labels. What a detector still finds there is chance.
Detectors are told apart that need no label to find anything: what is added up (`sum`) is a fact of the rows, whoever
they belong to, and what is held against a benchmark of its own (zero, a limit) is true of the shop as a whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

import profithunt
from profithunt import Shop
from profithunt.api import simulate
from profithunt.detectors import Detector, catalogue
from profithunt.engine import Engine
from truth.claim import Claim, Range

NAME: Final = "permuted"
CUSTOMERS: Final = int(os.environ.get("PERMUTED_CUSTOMERS", "10000"))
SEEDS: Final = tuple(int(part) for part in os.environ.get("PERMUTED_SEEDS", "11,12").split(","))
FALSE_DISCOVERY: Final = 0.1
LABELS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "orders": (
        ("customer_id",), ("country", "region", "postcode"), ("store_id",), ("payment_method",), ("delivery_option",),
        ("device",), ("channel",), ("promo_id",),
    ),
    "order_lines": (("sku", "unit_price", "unit_cost"), ("promo_id",), ("cancelled_quantity", "cancel_reason")),
    "shipments": (("carrier", "service"), ("origin",), ("country", "region", "postcode", "zone")),
    "contacts": (("order_id", "customer_id"),),
    "touches": (("campaign", "ad_group", "keyword"), ("search_term",), ("landing_page",)),
    "sessions": (("landing_page",), ("customer_id",)),
    "events": (("search_term",), ("results",)),
    "reviews": (("sku",),),
}  # fmt: skip
"""Labels by table that are shuffled, those in one group together (a postcode stays in its region)."""

SEEN: Final = "events"
"""Its SKUs are drawn from the lines sold: shuffled, they would still tell what is viewed and not bought."""


def check(folder: Path) -> Iterator[Claim]:
    """Share of what was tested that is found, over all detectors that hold entities against their peers."""
    found = tested = families = families_with_any = 0
    named: dict[str, int] = {}
    for seed in SEEDS:
        shop = _shop(folder / f"{profithunt.__version__}-{CUSTOMERS}-{seed}", seed)
        hunt = shop.hunt()
        judged = {detector.name for detector in catalogue() if _by_peers(detector)}
        for name, count in hunt.tested.items():
            if name in judged and count:
                mine = sum(item.name == name for item in hunt)
                tested += count
                found += mine
                families += 1
                families_with_any += mine > 0
                named[name] = named.get(name, 0) + mine
    listed = ", ".join(f"{name} {count}" for name, count in sorted(named.items(), key=lambda item: -item[1]) if count)
    print(f"     {found} finds in {tested:,} tests of {families} hunts that compare peers: {listed or 'none'}")
    yield Claim(
        NAME, "share of the entities tested that are found", Range(high=0.002), round(found / max(tested, 1), 5)
    )
    # With nothing to be found every find is false: the rate is the share of hunts in which there is any.
    yield Claim(NAME, "share of the hunts by one detector that find anything", Range(high=FALSE_DISCOVERY),
                round(families_with_any / max(families, 1), 3))  # fmt: skip


def _by_peers(detector: Detector) -> bool:
    """Whether it holds entities against their peers, so that shuffled labels leave nothing to find."""
    own_benchmark = "AS benchmark" in detector.sql
    return detector.statistic != "sum" and not own_benchmark and detector.counted


def _shop(folder: Path, seed: int) -> Shop:
    """A shop with planted problems, its labels shuffled, run."""
    shutil.rmtree(folder, ignore_errors=True)
    simulate(folder, customers=CUSTOMERS, seed=seed, problems="easy")
    random = np.random.default_rng(seed)
    with Engine() as engine:
        for table, groups in LABELS.items():
            path = folder / f"{table}.parquet"
            if path.exists():
                _shuffle(engine, path, groups, random)
        _draw(engine, folder, random)
    with (folder / "shop.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[actions_value]\nuse = false\n")
    shop = Shop.open(folder)
    shop.run()
    return shop


def _draw(engine: Engine, folder: Path, random: np.random.Generator) -> None:
    """Views and baskets of SKUs as they are sold; returns of the lines that they name, whatever is sold there now."""
    engine.attach_parquet("lines", folder / "order_lines.parquet")
    sold = np.asarray(engine.arrays("SELECT sku FROM lines")["sku"])
    for table, new in ((SEEN, sold), ("returns", None)):
        path = folder / f"{table}.parquet"
        engine.attach_parquet("whole", path)
        columns = engine.arrays("SELECT * FROM whole")
        held = np.ma.asarray(columns["sku"])
        drawn = np.ma.array(random.choice(sold, len(held)), mask=np.ma.getmaskarray(held))
        columns["sku"] = drawn if new is not None else np.ma.array(held, mask=True)
        _write(engine, path, columns)
    engine.drop("lines")


def _shuffle(engine: Engine, path: Path, groups: tuple[tuple[str, ...], ...], random: np.random.Generator) -> None:
    engine.attach_parquet("whole", path)
    columns = engine.arrays("SELECT * FROM whole")
    for group in groups:
        order = random.permutation(len(next(iter(columns.values()))))
        for name in group:
            if name in columns:
                columns[name] = columns[name][order]
    _write(engine, path, columns)


def _write(engine: Engine, path: Path, columns: dict[str, Any]) -> None:
    """Put columns in place of the table attached as `whole`, in its types."""
    kinds = engine.columns("whole")
    engine.attach_arrays("mixed", columns)
    typed = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds.items())
    engine.write_parquet(f"SELECT {typed} FROM mixed", path.with_suffix(".mixed"))
    engine.drop("whole")
    engine.drop("mixed")
    path.with_suffix(".mixed").replace(path)
