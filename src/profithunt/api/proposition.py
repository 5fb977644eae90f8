"""The proposition: what the customer is offered, and what another offer would earn; a use case a module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine

if TYPE_CHECKING:
    from profithunt.api.delivery_terms import DeliveryTerms
    from profithunt.api.markdowns import Markdowns
    from profithunt.api.options import DeliveryOptions
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
