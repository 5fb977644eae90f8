"""The proposition: what the customer is offered, and what another offer would earn; a use case a module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine

if TYPE_CHECKING:
    from profithunt.api.carriage import Carriage
    from profithunt.api.delivery_terms import DeliveryTerms
    from profithunt.api.markdowns import Markdowns
    from profithunt.api.options import DeliveryOptions
    from profithunt.api.overstock import Overstock
    from profithunt.api.policies import Policy
    from profithunt.api.promise import Promises
    from profithunt.api.promoting import Promotions


class Proposition:
    """What the customer is offered, and what another offer would earn; `Shop.proposition`."""

    def __init__(self, engine: AnyEngine, config: ShopConfig) -> None:
        self._engine = engine
        self._config = config

    def delivery_terms(self, thresholds: Sequence[float] = (), charges: Sequence[float] = ()) -> DeliveryTerms:
        """Other free-delivery thresholds and charges, over the shop's own orders (default: a grid around today's).

        A threshold of infinity is delivery that is never free, 0 always. Raises NotFound where no order states what
        was paid for delivery, or where that agrees with no threshold; UsageError for negative amounts.
        """
        from profithunt.api.delivery_terms import delivery_terms

        return delivery_terms(self._engine, self._config, thresholds, charges)

    def promises(self, most_late: float | None = None) -> Promises:
        """Which day to promise by lane: what lateness costs against what an earlier day sells.

        No promise is moved earlier where more than `most_late` of the parcels (default: a tenth) would come late.
        Raises NotFound without a promised day, UsageError for a share outside 0 to 1.
        """
        from profithunt.api.promise import promises

        return promises(self._engine, self._config, most_late)

    def promotions(self, promo: str | None = None) -> Promotions:
        """What each promotion and coupon campaign earned beyond what would have come without it, and what to do.

        Only `promo` (its key or name) in the result, where it is given. Raises NotFound without a promotion of the
        last year that is judged (20 units or more), or where what was sold under it cost is not known.
        """
        from profithunt.api.promoting import promotions

        return promotions(self._engine, self._config, promo)

    def delivery_options(self, charges: Mapping[str, Sequence[float]] | None = None) -> DeliveryOptions:
        """Each delivery option's orders, cost, subsidy, defects, returns and repeat orders, and the charge to ask.

        `charges` to look at by option (default: a grid around today's of every option with a flat charge). Raises
        NotFound without a delivery option, UsageError for negative charges.
        """
        from profithunt.api.options import delivery_options

        return delivery_options(self._engine, self._config, charges)

    def markdowns(self, category: str | None = None, salvage: float | None = None) -> Markdowns:
        """By SKU, the sequence of prices that earns most from its stock before the season ends, or to leave its price.

        Of one `category` or all; `salvage` is the share of its cost that a unit left over brings. Raises NotFound
        without stock whose season ends, UsageError for a salvage that is no share.
        """
        from profithunt.api.markdowns import markdowns

        return markdowns(self._engine, self._config, category, salvage)

    def carriers(self, growths: Sequence[float] = (), weeks: int = 26) -> Carriage:
        """Which carrier or own van should take which parcels, what capacity is worth, own delivery, peaks ahead.

        `growths` ratios to today's parcels at which own delivery is looked at, `weeks` ahead that peaks are. Raises
        NotFound without parcels or their costs, UsageError, DataError where today's parcels exceed all capacity.
        """
        from profithunt.api.carriage import carriage_of

        return carriage_of(self._engine, self._config, growths, weeks)

    def overstock(
        self,
        *,
        most_offers: int = 4,
        spacing_days: int = 7,
        cost: float = 0.05,
        salvage: float | None = None,
        margin_floor: float | None = None,
    ) -> Overstock:
        """Which customer is offered which overstocked SKU with the least incentive, against a price cut for all.

        At most `most_offers` a customer, none within `spacing_days` of the last send; `cost` is that of sending one.
        `salvage` and `margin_floor` (share of the price left over the unit cost) are the shop's where not given. Raises
        NotFound without stock, overstock or affinity, UsageError for limits that are none.
        """
        from profithunt.api.overstock import overstock

        return overstock(
            self._engine,
            self._config,
            most_offers=most_offers,
            spacing_days=spacing_days,
            cost=cost,
            salvage=salvage,
            margin_floor=margin_floor,
        )

    def returns_policy(self, windows: Sequence[float] = (), fees: Sequence[float] = ()) -> Policy:
        """Other terms of return: windows in days, a fee (for all, or for serial returners), free exchange.

        Without any, the usual windows and shares of what a return costs. Raises NotFound with fewer than 100 returned
        lines of known cost, UsageError for a window under 14 days or a fee of nothing.
        """
        from profithunt.api.policies import returns_policy

        return returns_policy(self._engine, self._config, windows, fees)

    def payment_mix(self, *, surcharge: bool = False) -> Policy:
        """Another mix of ways to pay: steer from the dear ones, a discount for the cheapest, or drop one.

        `surcharge` says that charging for a way of payment is lawful where the shop sells. Raises NotFound where orders
        do not name two ways of payment with 100 orders each.
        """
        from profithunt.api.policies import payment_mix

        return payment_mix(self._engine, self._config, surcharge=surcharge)
