"""What can be sent to the HTTP interface: bodies and parameters, checked at the border."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from profithunt.config import AutonomyLevel, Permission

LARGEST_JSON: Final = 200_000
_PLAIN: Final = r"^[^\x00]*$"


def _storable(value: Any) -> Any:
    """JSON that a database takes: no NUL, no broken characters, not endless."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (ValueError, RecursionError, UnicodeEncodeError) as error:
        raise ValueError("is no plain JSON") from error
    if "\\u0000" in json.dumps(value) or size > LARGEST_JSON:
        raise ValueError(f"holds a NUL, or is larger than {LARGEST_JSON} bytes")
    return value


Short = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_PLAIN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=_PLAIN)]
Object = Annotated[dict[str, JsonValue], AfterValidator(_storable)]
Id = Annotated[
    str, Path(description="Id of an opportunity; its first characters will do.", max_length=40, pattern=_PLAIN)
]
Words = Annotated[str | None, Query(max_length=200, pattern=_PLAIN)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most entries in one answer.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Entries to leave out at the beginning.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Why(_Body):
    """A reason."""

    reason: Text


class MaybeWhy(_Body):
    """A reason, if there is one."""

    reason: Annotated[str, StringConstraints(max_length=2000, pattern=_PLAIN)] = ""


class Until(_Body):
    """A moment, with its zone or in the shop's."""

    until: dt.datetime = Field(examples=["2027-01-31T09:00:00Z"])


class To(_Body):
    """Somebody, or nobody (null)."""

    to: Short | None = None


class Said(_Body):
    """A remark."""

    text: Text


class Params(_Body):
    """How it is to be carried out; null takes a value away."""

    params: Object


class Rest(_Body):
    """The document that an initiative rests on."""

    document: Short


class Go(_Body):
    """Whether to carry out only the plan that was looked at."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Brought(_Body):
    """An outcome, where one knows it; left out: it is measured."""

    realised: Annotated[Decimal, Field(ge=-(10**12), le=10**12)] | None = None
    low: Annotated[Decimal, Field(ge=-(10**12), le=10**12)] | None = None
    high: Annotated[Decimal, Field(ge=-(10**12), le=10**12)] | None = None


class Proposal(_Body):
    """Something for the queue that no detector found."""

    action: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
    level: Short
    entity: Annotated[dict[Short, Short], Field(min_length=1, max_length=5)]
    value: Annotated[Decimal, Field(ge=-(10**12) + 1, le=10**12 - 1)] = Decimal(0)
    reason: Annotated[str, StringConstraints(max_length=2000, pattern=_PLAIN)] = ""
    params: Object = Field(default_factory=dict)
    owner: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_PLAIN)] = "proposed"
    reversible: bool = True
    window_days: Annotated[int, Field(ge=1, le=730)] = 28


class Person(_Body):
    """A person's or an agent's role and autonomy."""

    role: Short
    kind: Literal["person", "agent"] = "person"
    email: Annotated[str, StringConstraints(max_length=200, pattern=_PLAIN)] | None = None
    active: bool = True
    level: AutonomyLevel | None = None
    levels: Annotated[dict[Short, AutonomyLevel], Field(max_length=200)] = Field(default_factory=dict)


class NewToken(_Body):
    """A token to be made."""

    user: Short | None = None
    label: Annotated[str, StringConstraints(max_length=120, pattern=_PLAIN)] = ""
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=20)] = ["see"]
    days: Annotated[int, Field(ge=1, le=3650)] = 90
