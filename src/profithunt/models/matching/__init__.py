"""Offers of rivals matched to the own catalogue: `Catalogue(products).match(offers)`."""

from profithunt.models.matching.match import Catalogue, Match, Offer, Product

__all__ = ["Catalogue", "Match", "Offer", "Product"]
