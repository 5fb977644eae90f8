"""The proposition: what the customer is offered, and what another offer would earn; a use case a module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine

if TYPE_CHECKING:
    from profithunt.api.delivery_terms import DeliveryTerms
    from profithunt.api.promise import Promises


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
