"""Settings that are changed while the shop runs: limits, autonomy, thresholds, adapters, rules of automation.

settings = shop.settings
form = settings.form("thresholds", "cannot_make_a_profit")          # fields with their values
kept = settings.change("thresholds", "cannot_make_a_profit", {"min_units": "50"})
kept.mistakes                                # {}, or a sentence by field; nothing is changed then
settings.undo(kept.seq)

Each change is one entry of the audit with what was before and after; that is what is put back. Limits, autonomy and
rules are in the operational store; thresholds and adapters in shop.toml, whose comments stay.
"""

from __future__ import annotations

from profithunt.api.changing.changes import ABOUT, Change, Changing, Kept
from profithunt.api.changing.fields import Field, Form

__all__ = ["ABOUT", "Change", "Changing", "Field", "Form", "Kept"]
