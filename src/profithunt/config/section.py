"""What every section of shop.toml is: checked, and nothing in it that is not known."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of shop.toml: what it does not know is a mistake, and nobody changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
