"""Measurement of actions: who is held out, how large a test must be, what it says, when it may be believed."""

from profithunt.actions.measurement.design import Design, design, sized
from profithunt.actions.measurement.holdout import SHARE, Draw, draw, is_held, place
from profithunt.actions.measurement.reading import Reading, judged, read
from profithunt.actions.measurement.trial import Trial
from profithunt.actions.measurement.units import can_measure, unit_of

__all__ = [
    "SHARE",
    "Design",
    "Draw",
    "Reading",
    "Trial",
    "can_measure",
    "design",
    "draw",
    "is_held",
    "judged",
    "place",
    "read",
    "sized",
    "unit_of",
]
