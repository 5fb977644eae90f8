"""The weekly business review: of a shop, or of daily figures that come with a deck and no shop at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.metrics.deck import Deck
from profithunt.metrics.deck_reader import read_deck
from profithunt.metrics.reading import RunMetrics
from profithunt.metrics.review import Review
from profithunt.metrics.weekly import deck_of_csv, deck_of_shop, read_frames, weekly_review as worked_out

TITLE = "Weekly business review"


def weekly_review(
    deck: str | Path | None = None,
    csv: str | Path | Sequence[str | Path] = (),
    week: dt.date | None = None,
) -> Review:
    """The review of daily figures in CSV files, laid out by a deck in YAML; no shop is needed.

    Without a deck each column becomes a chart. `week` is the last day of the week to look at (default: the deck's, or
    the last week that is over). Raises ConfigError, SourceError, UsageError.
    """
    paths = [Path(csv)] if isinstance(csv, (str, Path)) else [Path(path) for path in csv]
    if deck is None:
        if not paths:
            raise UsageError("there is neither a deck nor data", do="give --deck deck.yaml, --csv daily.csv, or a shop")
        return worked_out(deck_of_csv(read_frames(paths), TITLE), csv=paths, week=week)
    return worked_out(read_deck(Path(deck)), csv=paths, week=week)


def review_run(
    engine: AnyEngine,
    config: ShopConfig,
    deck: str | Path | None = None,
    csv: Sequence[Path] = (),
    week: dt.date | None = None,
) -> Review:
    """The review of a run: by the deck given, the shop's own, or one made of all metrics that are awake."""
    metrics = RunMetrics(engine, config)
    return worked_out(
        _deck(metrics, config, deck),
        csv=csv,
        shop=metrics,
        calendar=config.calendar,
        currency=config.shop.currency,
        week=week,
        events=metrics.events(),
        remarks=metrics.gaps(),
    )


def _deck(metrics: RunMetrics, config: ShopConfig, deck: str | Path | None) -> Deck:
    if deck is not None:
        return read_deck(Path(deck))
    if config.metrics.deck is not None:
        return read_deck(config.folder / config.metrics.deck)
    awake = metrics.awake()
    if not awake:
        raise NotFound(
            "this run has no metrics", do="make a new run with: profithunt run; profithunt metrics says what is missing"
        )
    return deck_of_shop(awake, config.shop.name)
