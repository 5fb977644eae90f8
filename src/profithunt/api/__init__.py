"""The Python API: everything that the command line and the pages can do, as methods that return data."""

from profithunt.api.act import Act, Decision
from profithunt.api.progress import Progress, Silent
from profithunt.api.propose import propose
from profithunt.api.run import Run
from profithunt.api.shop import Sensitivity, Shop
from profithunt.api.simulating import simulate
from profithunt.api.weekly import weekly_review
from profithunt.simulate import Simulated

__all__ = [
    "Act",
    "Decision",
    "Progress",
    "Run",
    "Sensitivity",
    "Shop",
    "Silent",
    "Simulated",
    "propose",
    "simulate",
    "weekly_review",
]
