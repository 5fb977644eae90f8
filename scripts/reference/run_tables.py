"""The tables of a run, from the headers of the SQL models that make them."""

from __future__ import annotations

from profithunt.api import actions_value
from profithunt.api.customers import PLAN_PROPOSAL, PLAN_VARIANCE
from profithunt.config import Attribution
from profithunt.customers import affinity, build as customers, clv
from profithunt.engine import Model
from profithunt.ledger import build
from profithunt.ledger.components import COMPONENTS, STEPS
from profithunt.metrics import defects_build
from profithunt.metrics.build import anomalies_model, models_of
from profithunt.metrics.catalogue import catalogue
from profithunt.opportunities import CUSTOMERS
from profithunt.proposition import prices
from scripts.reference.markdown import code, document, table

INTRO = """
A run keeps the [canonical tables](tables.md) as they were read, and the tables that its SQL models made of them. Each
is a Parquet file `<name>.parquet`; `Shop.table(name)` gives it in Python. These are for everyday use; the rest are
steps on the way, listed at the end. Money is in the shop's currency, without tax.
"""

ALL_AMOUNTS = "every [component and subtotal](ledger.md), in their order"
EVERYDAY = ("ledger", "order_profit", "customer_profit", "sku_profit", "profit_slices", "metric_days", "anomalies")
OF_DEFECTS = (
    "defect_days",
    "defect_parcels",
    "defect_orders",
    "defect_costs",
    "carrier_days",
    "carrier_lanes",
    "waste",
)
OF_PRICES = (
    *("price_positions", "rival_positions", "rival_prices", "offer_matches", "own_prices", "sku_prices", "price_wars"),
)
OF_CUSTOMERS = (
    *("customer_flows", "acquisitions", "cohorts", "customer_explained", "loss_segments", "order_recency"),
    *("acquisition", "plan_proposal", "plan_variance"),
    *("customer_clv", "clv_calibration", "clv_fit"),
    *("action_effects", "customer_actions"),
    *("affinity", "affinity_quality", "opportunity_customers"),
)


def page() -> str:
    """The page `run-tables.md`."""
    made = [anomalies_model(), customers.lens_model(), PLAN_PROPOSAL, PLAN_VARIANCE, CUSTOMERS]
    known = catalogue()
    metrics = {item.name: item for item in models_of(known, list(known.metrics.values()))}
    models = (
        metrics
        | build.models(Attribution().model)
        | defects_build.models()
        | customers.models()
        | clv.models()
        | affinity.models()
        | prices.models()
        | actions_value.result_models()
        | {item.name: item for item in made}
    )
    everyday = (*EVERYDAY, *OF_DEFECTS, *OF_CUSTOMERS, *OF_PRICES)
    steps = (item for name, item in models.items() if name not in everyday)
    return document(
        "Tables of a run",
        "`src/profithunt/ledger/models/`, `src/profithunt/customers/`, `src/profithunt/metrics/`",
        INTRO,
        *(_section(models[name]) for name in everyday if name in models),
        "## Steps on the way",
        table(["table", "one row per", "what"], ([code(item.name), _grain(item), item.what] for item in steps)),
    )


def _section(item: Model) -> str:
    amounts = [name for name in (column.name for column in item.columns) if name in {*COMPONENTS, *STEPS}]
    rows = [[code(column.name), column.type, column.meaning] for column in item.columns if column.name not in amounts]
    if amounts:
        rows.append([f"{code(amounts[0])} … {code(amounts[-1])}", "money", ALL_AMOUNTS])
    return f"## {item.name}\n\n{item.what} One row per {_grain(item)}.\n\n{table(['column', 'type', 'meaning'], rows)}"


def _grain(item: Model) -> str:
    return " × ".join(code(name) for name in item.grain)
