"""A report with something in every section, made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from profithunt.customers.matrix import Cell, CohortMatrix, CohortRow
from profithunt.reports import content


def _whale() -> content.Whale:
    profits = sorted((Decimal(1200 - 15 * rank) for rank in range(100)), reverse=True)
    points, running = [(0.0, 0.0)], Decimal(0)
    for rank, profit in enumerate(profits, 1):
        running += profit
        points.append((rank / 100, float(running)))
    before_peak, peak = max(points, key=lambda point: point[1])
    return content.Whale(100, running, before_peak, Decimal(str(peak)), tuple(points))


def _member(rank: int, cm3: str, detail: str = "") -> content.Member:
    return content.Member(f"C-{rank:05d}", detail, 3 + rank, Decimal(cm3) * 4, Decimal(cm3))


def _tails(one: str, many: str, detail: str = "") -> content.Tails:
    best = tuple(_member(rank, str(9000 - 650 * rank), detail) for rank in range(10))
    worst = tuple(_member(900 + rank, str(-2100 + 180 * rank), detail) for rank in range(10))
    return content.Tails(one, many, "Orders", 2469, 312, Decimal("-48210.55"), best, worst)


STEPS = (
    ("list_sales", "List sales", "5414049.93", False),
    ("markdown", "Markdown", "0", False),
    ("promotion", "Promotions", "-818010.54", False),
    ("refunds", "Refunds", "-21034.20", False),
    ("shipping_income", "Shipping income", "12400.10", False),
    ("net_sales", "Net sales", "4587405.29", True),
    ("cogs", "Cost of goods", "-2981813.44", False),
    ("cm1", "CM1", "1605591.85", True),
    ("fulfilment", "Pick, pack, packaging", "-160215.88", False),
    ("carriage", "Carriage", "-122001.07", False),
    ("fees", "Payment and marketplace fees", "-68811.08", False),
    ("concessions", "Concessions", "-1200", False),
    ("cm2", "CM2", "1253363.82", True),
    ("marketing", "Marketing", "-80000", False),
    ("cm3", "Contribution profit", "1173363.82", True),
)


def _opportunity(rank: int) -> content.Opportunity:
    return content.Opportunity(
        id=f"op-{rank}",
        code="SKU22",
        title="Cannot make a profit",
        why="Each unit sold adds a loss: CM2 per unit is below zero.",
        entity={"sku": f"10297{rank}"},
        value=Decimal(8200 - 900 * rank),
        p10=Decimal(6100 - 900 * rank),
        p90=Decimal(9900 - 900 * rank),
        confidence=0.97,
        window_days=28,
        rank=rank,
        action="delist_or_repack",
        reversible=False,
        owner="buying",
        name="CHICKEN BREAST BONELESS",
        assumed_share=0.4,
        evidence={"units": 412, "cm2_per_unit": "-2.4100", "return_rate": 0.121, "unit_price": "8.99"},
    )


def _people() -> content.People:
    flows = tuple(
        {
            "month": dt.date(2017, month, 1), "complete": month < 12, "opening": 1900 + month, "new": 60, "reactivated": 4,
            "lapsed": 63, "closing": 1901 + month, "ordering": 1500, "orders": 9000, "cm3": Decimal(90_000 + month),
        }
        for month in range(1, 13)
    )  # fmt: skip
    cohorts = tuple(
        CohortRow(
            "all", dt.date(2017, month, 1), 60, 12.5 if month % 2 else None, 3 if month < 6 else None, _cells(month)
        )
        for month in range(1, 13)
    )
    segments = tuple(
        {
            "segment": segment, "n_customers": 12, "lost": Decimal(-4000), "of_losses": 0.5, "basket": Decimal(9000),
            "discount": Decimal(-2000), "returns": Decimal(-8000), "delivery": Decimal(-3000), "service": Decimal(0),
            "acquisition": Decimal(0), "worst_customer_id": "C-00901",
        }
        for segment in ("returns", "delivery")
    )  # fmt: skip
    return content.People(flows, CohortMatrix("retained_share", "all", cohorts), segments)


def _cells(month: int) -> tuple[Cell, ...]:
    seen = (Cell(1.0 if since == 0 else 0.6 / since, complete=since < 12 - month, planned=0.3 if since == 1 else None)
            for since in range(13 - month))  # fmt: skip
    return (*seen, *(Cell(None) for _ in range(month - 1)))


def report() -> content.Report:
    """The whole report."""
    return content.Report(
        shop="Corner & Daughters <grocers>",
        currency="USD",
        as_of="2017-12-31",
        first_on="2017-01-01",
        last_on="2017-12-31",
        n_orders=155_848,
        steps=tuple(content.Step(name, label, Decimal(amount), total) for name, label, amount, total in STEPS),
        months=tuple(
            content.Month(f"2017-{month:02d}", 12_000 + month, Decimal(380_000 + 900 * month), cm3, month < 12)
            for month, cm3 in enumerate(
                (Decimal(value) for value in (88, 91, 99, 97, 104, 101, -12, 108, 103, 99, 110, 64)), 1
            )
        ),
        customers=_tails("customer", "customers"),
        skus=_tails("SKU", "SKUs", "SOFT DRINKS 12/18&15PK CAN CAR · NATIONAL"),
        whale=_whale(),
        spreads=(
            content.Spread(
                "Contribution profit per order, customer and SKU",
                "Per",
                (
                    content.SpreadRow("Order", 155_848, Decimal("7.53"), -1.2, 4.1, 19.9, 0.12),
                    content.SpreadRow("Customer", 2469, Decimal(475), Decimal(-12), Decimal(310), Decimal(1180), 0.126),
                ),
            ),
            content.Spread(
                "Per order, by category: the 2 that bring least",
                "Category",
                (
                    content.SpreadRow(
                        "FUEL", 18_220, Decimal("-1.1"), -4.2, -0.8, 1.9, 0.62, ("31198459271", "31198459272")
                    ),
                    content.SpreadRow("TOYS", 31, None, None, None, None, None),
                ),
            ),
        ),
        opportunities=tuple(_opportunity(rank) for rank in range(1, 6)),
        n_opportunities=41,
        sleeping=(content.Sleeping("Serial returner", "needs returns"),),
        failed=(content.Failed("Own detector", "there is no column margin"),),
        slices=tuple(
            content.Slice(name, members, Decimal("1173363.82"), Decimal(0))
            for name, members in (("order", 155_848), ("customer", 2469), ("sku", 68_509), ("marketing_channel", 1))
        ),
        reconciles=True,
        tables=(
            content.TableHealth("orders", 1, 155_848, 155_848, 0, 0, None, "2017-01-01", "2017-12-31"),
            content.TableHealth(
                "order_lines", 1, 1_469_307, 1_469_295, 12, 0, Decimal("88.10"), "2017-01-01", "2017-12-31"
            ),
        ),
        reasons=(content.Reason("order_lines", "quantity is below zero", 12),),
        capabilities=(content.Sleeping("Carrier scorecards", "shipments with carrier and delivered_at"),),
        bases=(content.Basis("assumed", "assumed ratio of the shop", Decimal("4587405.29"), 1.0, assumed=True),),
        rates=(
            content.Rate("Payment", Decimal("0.012"), "of what was paid"),
            content.Rate("Pick", Decimal("0.04"), "per line"),
        ),
        cases=(
            content.Case("cost ratio 5 points lower", Decimal("1402734.08")),
            content.Case("cost ratio 5 points higher", Decimal("943993.56")),
        ),
        people=_people(),
        lineage=content.Lineage(
            "20180101T120000-ab12cd",
            "2018-01-01 12:00:05",
            "0.1.0",
            "DuckDB 2.0.0",
            "f" * 64,
            (content.Input("data/transactions.parquet", "ab12" * 16, 13_192_645, 1_469_307),),
        ),
    )
