"""CDNOW: the published parameters of BG/NBD, Pareto/NBD and Gamma-Gamma, and the forecast of the last 39 weeks.

Sources: Fader, Hardie and Lee (2005), "Counting your customers" the easy way; Fader and Hardie (2005, 2013), notes on
the Pareto/NBD and the Gamma-Gamma model. Sample of 2,357 customers, calibrated on the first 39 weeks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from profithunt import Shop
from profithunt.models import bg_nbd, order_value, pareto_nbd
from profithunt.models.histories import Histories
from profithunt.models.maximum import Array
from profithunt.models.ranges import Buying
from truth.claim import Claim, Unavailable

NAME = "cdnow"
ACTUAL = 1_882
WEEKS = 39
PARAMETER_SHARE = 0.005
LIKELIHOOD = 0.05

BG_NBD = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
PARETO_NBD = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
GAMMA_GAMMA = {"p": 6.25, "q": 3.74, "gamma": 15.44}

SETTINGS = """\
[shop]
name = "CDNOW"
currency = "USD"

[[sources]]
table = "orders"
files = "purchases.csv"
[sources.columns]
order_id = "order"
ordered_at = "day"
customer_id = "customer"

[[sources]]
table = "order_lines"
files = "purchases.csv"
[sources.columns]
order_id = "order"
line_no = { value = 1 }
sku = { value = "cd" }
quantity = { value = 1 }
unit_price = "dollars"

[clv]
holdout_days = 273
"""


def check(folder: Path) -> Iterator[Claim]:
    """Parameters, log-likelihoods, the conditional expectation, the hold-out; the same through a shop's run."""
    data = _data()
    x, recency, age, value = _summary(data / "cdnow_customers_summary_with_transactions.csv")
    histories = Histories.of(x, recency, age)

    bg = bg_nbd.fit(histories)
    yield from _parameters("BG/NBD", BG_NBD, bg.parameters)
    yield Claim(NAME, "BG/NBD log-likelihood", -9582.4, round(bg.log_likelihood, 3), within=LIKELIHOOD)
    pareto = pareto_nbd.fit(histories)
    yield from _parameters("Pareto/NBD", PARETO_NBD, pareto.parameters)
    yield Claim(NAME, "Pareto/NBD log-likelihood", -9595.0, round(pareto.log_likelihood, 3), within=LIKELIHOOD)
    again = x > 0
    gamma = order_value.fit_gamma(x[again], value[again])
    yield from _parameters("Gamma-Gamma", GAMMA_GAMMA, gamma.fit.parameters)

    buying = bg_nbd.BgNbd(bg.values)
    expected = _ahead(buying, np.array([2.0]), np.array([30.43]), np.array([38.86]))
    yield Claim(NAME, "E[Y(39) | x=2, t=30.43, T=38.86]", 1.226, round(float(expected[0]), 4), within=0.0005)

    ungrouped = bg_nbd.Likelihood(Histories.ungrouped(x, recency, age)).value(bg.values)
    grouped = bg_nbd.Likelihood(histories).value(bg.values)
    yield Claim(NAME, "grouped less ungrouped log-likelihood", 0.0, grouped - ungrouped, within=1e-9)

    yield from _holdout(buying, pareto_nbd.ParetoNbd(pareto.values), histories)
    yield from _run(data / "CDNOW_sample.txt", folder)


def _data() -> Path:
    """The data files of the package; its code is not imported."""
    spec = find_spec("lifetimes")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("pip install --no-deps lifetimes==0.11.3")
    return Path(spec.submodule_search_locations[0]) / "datasets"


def _summary(path: Path) -> tuple[Array, Array, Array, Array]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    x, recency, age, value = (np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar"))
    return x, recency, age, value


def _parameters(model: str, published: dict[str, float], found: dict[str, float]) -> Iterator[Claim]:
    for name, value in published.items():
        yield Claim(NAME, f"{model} {name}", value, round(found[name], 5), within=PARAMETER_SHARE * value)


def _ahead(buying: Buying, x: Array, recency: Array, age: Array) -> Array:
    one = np.ones((1, 1))
    expected = buying.expected(x, age, np.array([float(WEEKS)]), one)[:, 0]
    return np.asarray(expected * buying.alive(x, recency, age), dtype=np.float64)


def _holdout(bg: Buying, pareto: Buying, groups: Histories) -> Iterator[Claim]:
    """The forecasts of the models as they are known to come out: 12 % and 11 % below what came."""
    for name, buying, error in (("BG/NBD", bg, -0.121), ("Pareto/NBD", pareto, -0.115)):
        forecast = float(groups.customers @ _ahead(buying, groups.frequency, groups.recency, groups.age))
        what = f"{name} forecast of weeks 40 to 78: {forecast:,.0f} purchase-days for {ACTUAL:,}; error"
        yield Claim(NAME, what, error, round(forecast / ACTUAL - 1, 4), within=0.005)


def _run(sample: Path, folder: Path) -> Iterator[Claim]:
    """The sample as a shop: what the product's own hold-out says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.toml").write_text(SETTINGS, "utf-8")
    with sample.open(encoding="utf-8") as given, (folder / "purchases.csv").open("w", encoding="utf-8") as taken:
        taken.write("order,day,customer,dollars\n")
        for number, line in enumerate(given):
            customer, _, day, _, dollars = line.split()
            taken.write(f"o{number},{day[:4]}-{day[4:6]}-{day[6:]},{customer},{dollars}\n")
    with Shop.open(folder) as shop:
        shop.run()
        found = shop.clv()
        held = found.fits[0].holdout
        yield Claim(NAME, "customers in the run", 2_357, found.spread.n_customers)
        yield Claim(NAME, "purchase-days in the run's hold-out", float(ACTUAL), held["actual_orders"])
        predicted = held["predicted_orders"] or 0.0
        what = f"the run's own forecast of them: {predicted:,.0f}; error"
        yield Claim(NAME, what, -0.121, round(predicted / ACTUAL - 1, 4), within=0.005)
