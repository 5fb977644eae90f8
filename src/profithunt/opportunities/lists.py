"""The customers behind opportunities that are acted on one by one: who, for what profit, with which incentive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlglot import exp

from profithunt.detectors import Detector, compile_customers
from profithunt.engine import AnyEngine, compile_model, read_model, values_query
from profithunt.opportunities.ground import QUERIES, YEAR_DAYS, Ground
from profithunt.opportunities.opportunity import Opportunity

CUSTOMERS: Final = read_model(QUERIES / "opportunity_customers.sql")
"""The table `opportunity_customers` of a run."""

_OPTIONAL: Final = {"sku": "TEXT", "chance": "DOUBLE", "price": "DOUBLE"}
_LISTED: Final = "_listed"
_EVERYBODY: Final = "_everybody"


@contextmanager
def listed_customers(
    ground: Ground, detectors: Sequence[Detector], opportunities: Sequence[Opportunity]
) -> Iterator[str | None]:
    """The statement that gives the rows of `CUSTOMERS`, while its working tables are there; None where there are none.

    `detectors` as they hunted, with the shop's thresholds.
    """
    engine = ground.engine
    names: list[str] = []
    listed: list[str] = []
    try:
        for number, detector in enumerate(item for item in detectors if item.customers):
            mine = [item for item in opportunities if item.name == detector.name]
            if mine:
                everybody = f"{_EVERYBODY}_{number}"
                engine.view(
                    everybody, compile_customers(detector, ground.clock(detector), timezone=ground.settings.timezone)
                )
                names.append(everybody)
                listed.append(f"{_LISTED}_{number}")
                engine.table(listed[-1], _listed(engine, detector, mine, everybody))
        if not listed:
            yield None
            return
        parts = [exp.select("id", "customer_id", "expected_profit", *_OPTIONAL).from_(name) for name in listed]
        engine.view(_LISTED, exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0])
        names.append(_LISTED)
        if not engine.has("customers"):
            engine.view("customers", values_query({"customer_id": "text", "email_opt_in": "bool"}, []))
            names.append("customers")
        since = ground.as_of - dt.timedelta(days=YEAR_DAYS)
        yield compile_model(CUSTOMERS, values={"since": since, "until": ground.as_of})
    finally:
        for name in (*reversed(names), *listed):
            engine.drop(name)


def _listed(engine: AnyEngine, detector: Detector, opportunities: Sequence[Opportunity], name: str) -> exp.Expr:
    """The customers of one detector's opportunities, with the ids of these; `name` has the customers of all."""
    there = engine.columns(name)
    ids = values_query(
        {"_id": "text", **{f"_key_{at}": "text" for at in range(len(detector.entity))}},
        [(item.id, *(item.entity[key] for key in detector.entity)) for item in opportunities],
    )
    same = exp.and_(
        *[
            exp.EQ(this=exp.cast(exp.column(key, name), "TEXT"), expression=exp.column(f"_key_{at}", "_ids"))
            for at, key in enumerate(detector.entity)
        ]
    )
    columns = [exp.alias_(exp.column("_id", "_ids"), "id")]
    columns += [exp.alias_(exp.cast(exp.column("customer_id", name), "TEXT"), "customer_id")]
    columns += [exp.alias_(exp.cast(exp.column("expected_profit", name), "DOUBLE"), "expected_profit")]
    columns += [
        exp.alias_(exp.cast(exp.column(column, name) if column in there else exp.null(), kind), column)
        for column, kind in _OPTIONAL.items()
    ]
    return exp.select(*columns).from_(name).join(ids.subquery("_ids"), on=same)
