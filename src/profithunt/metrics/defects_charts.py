"""Control charts of defects: p, u, XmR, and Laney's p′ and u′; which points are signals.

A p-chart (share of units with a defect) and a u-chart (defects per unit) know only the chance of counting. With many
units a day that chance is small and every real day-to-day difference looks like a signal; Laney's charts widen the
limits by how much the standardised points move from one to the next: σz = mean |z(i) − z(i−1)| ÷ 1.128.

Source: METRICS section 5; Laney (2002), Improved control charts for attributes; Wheeler, Understanding Variation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any, Final, Literal

from profithunt.metrics.control import LEAST, RUN, SPREAD

ChartKind = Literal["p", "u", "xmr", "laney_p", "laney_u"]
KINDS: Final[tuple[ChartKind, ...]] = ("p", "u", "xmr", "laney_p", "laney_u")

SIGMAS: Final = 3.0
D2: Final = 1.128
"""Mean range of two normal values, in standard deviations."""
SHIFT: Final = 1.5
MILLION: Final = 1_000_000


@dataclass(frozen=True)
class ChartPoint:
    """One period of a chart: its value, limits, units behind it; `signal` is limit_above, limit_below, run or None."""

    label: str
    n: float
    value: float | None
    lower: float | None
    upper: float | None
    signal: str | None

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Chart:
    """A control chart: its kind, centre, `sigma_z` (Laney: by how much chance is wider than counting), points."""

    kind: ChartKind
    centre: float | None
    sigma_z: float | None
    points: tuple[ChartPoint, ...]

    @property
    def signals(self) -> list[ChartPoint]:
        """The points that are not chance."""
        return [point for point in self.points if point.signal is not None]

    def to_json(self) -> dict[str, Any]:
        """`{kind, centre, sigma_z, points, signals}`."""
        return {
            "kind": self.kind,
            "centre": self.centre,
            "sigma_z": self.sigma_z,
            "points": [point.to_json() for point in self.points],
            "signals": [point.label for point in self.signals],
        }


def dpmo(defects: float, opportunities: float) -> float | None:
    """Defects per million opportunities; None where there was none."""
    return defects / opportunities * MILLION if opportunities else None


def sigma_level(per_million: float | None) -> float | None:
    """Φ⁻¹(1 − DPMO ÷ 10⁶) + 1.5; None at 0 and at a million, where it has no end."""
    if per_million is None or not 0 < per_million < MILLION:
        return None
    return NormalDist().inv_cdf(1 - per_million / MILLION) + SHIFT


def upper_bound(defects: float, opportunities: float) -> float | None:
    """95 % upper bound of the DPMO where no defect was seen: 3 ÷ N; None where some were, or there is nothing."""
    return min(3 / opportunities, 1.0) * MILLION if opportunities and not defects else None


def chart(kind: ChartKind, labels: Sequence[str], counts: Sequence[float], sizes: Sequence[float]) -> Chart:
    """A chart of counts over sizes, a point a period; periods without units have no value.

    p charts need units with a defect, u charts defects; XmR takes the ratios as they are. Fewer than eight periods give
    no limits.
    """
    ratios = [count / size if size else None for count, size in zip(counts, sizes, strict=True)]
    known = [at for at, value in enumerate(ratios) if value is not None]
    if len(known) < LEAST:
        points = [
            ChartPoint(label, size, value, None, None, None)
            for label, size, value in zip(labels, sizes, ratios, strict=True)
        ]
        return Chart(kind, None, None, tuple(points))
    if kind == "xmr":
        return _xmr(labels, sizes, ratios)
    centre = sum(counts[at] for at in known) / sum(sizes[at] for at in known)
    spread = centre * (1 - centre) if kind in ("p", "laney_p") else centre
    errors = [(spread / size) ** 0.5 if size else 0.0 for size in sizes]
    sigma_z = None
    if kind in ("laney_p", "laney_u"):
        z = [(ratios[at] - centre) / errors[at] for at in known if errors[at]]  # type: ignore[operator]
        moves = [abs(b - a) for a, b in pairwise(z)]
        sigma_z = sum(moves) / len(moves) / D2 if moves else 1.0
    reach = [SIGMAS * error * (1.0 if sigma_z is None else sigma_z) for error in errors]
    top = 1.0 if kind in ("p", "laney_p") else float("inf")
    limits = [(max(centre - far, 0.0), min(centre + far, top)) for far in reach]
    return Chart(kind, centre, sigma_z, _points(labels, sizes, ratios, centre, limits))


def _xmr(labels: Sequence[str], sizes: Sequence[float], ratios: Sequence[float | None]) -> Chart:
    values = [value for value in ratios if value is not None]
    centre = sum(values) / len(values)
    moving = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    limits = (max(centre - SPREAD * moving, 0.0), centre + SPREAD * moving)
    return Chart("xmr", centre, None, _points(labels, sizes, ratios, centre, [limits] * len(labels)))


def _points(
    labels: Sequence[str],
    sizes: Sequence[float],
    ratios: Sequence[float | None],
    centre: float,
    limits: Sequence[tuple[float, float]],
) -> tuple[ChartPoint, ...]:
    points = []
    run, side = 0, 0
    for label, size, value, (lower, upper) in zip(labels, sizes, ratios, limits, strict=True):
        signal = None
        if value is None:
            run, side = 0, 0
            points.append(ChartPoint(label, size, None, None, None, None))
            continue
        here = (value > centre) - (value < centre)
        run = run + 1 if here and here == side else int(bool(here))
        side = here
        slack = 1e-12
        if value > upper + slack:
            signal = "limit_above"
        elif value < lower - slack:
            signal = "limit_below"
        elif run and run % RUN == 0:
            signal = "run"
        points.append(ChartPoint(label, size, value, lower, upper, signal))
    return tuple(points)
