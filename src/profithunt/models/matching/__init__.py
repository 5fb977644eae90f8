"""Offers of rivals matched to the own catalogue: `Catalogue(products).match(offers)`."""

from profithunt.models.matching.match import Catalogue
from profithunt.models.matching.offers import Match, Offer, Product

__all__ = ["Catalogue", "Match", "Offer", "Product"]
