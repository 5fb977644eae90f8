"""The Python API, from the signatures and docstrings of `profithunt.api`."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from profithunt import api
from profithunt.actions.automation import Evaluation, Rule
from profithunt.actions.reading import Outcomes
from profithunt.actions.sides import Side
from profithunt.api.actions_value import ActionsValue
from profithunt.api.automating import Automation
from profithunt.api.carriage import Carriage
from profithunt.api.clv import Clv, CustomerClv
from profithunt.api.delivery_terms import DeliveryTerms
from profithunt.api.erasing import Erasure, RunErased
from profithunt.api.hearing import Heard, HeardRow, Label, Theme, Trend, Voice
from profithunt.api.listening import Listening
from profithunt.api.listening_sessions import Hours, Journey, Moment, Session
from profithunt.api.markdowns import Ladder, Markdowns
from profithunt.api.options import DeliveryOptions
from profithunt.api.overstock import Overstock
from profithunt.api.policies import Policy
from profithunt.api.price_experiment import PriceExperiment
from profithunt.api.price_view import CustomersView, SeenOffer
from profithunt.api.prices import PriceBoard, Prices
from profithunt.api.promise import Promises
from profithunt.api.promoting import Promotion, Promotions
from profithunt.api.proposition import Proposition
from profithunt.customers.clv_reading import ClvDecile, ClvFit, ClvSpread
from profithunt.customers.plan import Month, MonthVariance, PlanVariance
from profithunt.customers.reading import CustomerProfit
from profithunt.engine import Relation
from profithunt.ledger.explain import Section, Story
from profithunt.ledger.reading import Reconciliation, Slice, Step, Whale
from profithunt.metrics.definition import Metric
from profithunt.metrics.reading import Dictionary, Figure, MetricFigures
from profithunt.metrics.review import Box, Chart, Review
from profithunt.metrics.time import Period
from profithunt.opportunities import Hunt, Opportunity
from profithunt.proposition.match_decisions import Decision
from profithunt.sources import BuildResult
from scripts.reference.markdown import code, document, paragraphs, table

INTRO = """
`from profithunt import Shop` is the way in. Every command of the command line is a method of it; what a method gives is
data: frozen values with their fields, or relations that any data-frame library takes
(see [take results to pandas, Polars, Excel](../how-to/export.md)). What goes wrong is raised as an
[error](errors.md) of `profithunt.errors`.
"""

RESULTS = (
    *(Relation, api.Run, BuildResult, Reconciliation, Slice, Step, Whale, Story, Section, Hunt, Opportunity),
    *(CustomerProfit, Month, PlanVariance, MonthVariance),
    *(Clv, CustomerClv, ClvFit, ClvDecile, ClvSpread, ActionsValue),
    *(Listening, Heard, HeardRow, Trend, Voice, Theme, Label, Session, Journey, Moment, Hours, Erasure, RunErased),
    *(Proposition, DeliveryTerms, DeliveryOptions, Promises, Carriage, Promotions, Promotion, Policy),
    *(Markdowns, Ladder, Overstock),
    *(Prices, PriceBoard, CustomersView, SeenOffer, PriceExperiment, Decision),
    *(Automation, Rule, Evaluation, Outcomes, Side),
    *(Dictionary, Metric, MetricFigures, Figure, Period, Review, Chart, Box),
    *(item for item in (getattr(api, name) for name in api.__all__) if item not in {api.Shop, api.Run}),
)


def page() -> str:
    """The page `python.md`."""
    parts = (_section(item.__name__, item) for item in (api.Shop, *RESULTS))
    return document("Python API", "`src/profithunt/api/` and what it returns", INTRO, *parts)


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties of a class, in the order in which they are written."""
    for base in reversed(kind.__mro__[:-1]):
        for name, member in vars(base).items():
            if not name.startswith("_") and (callable(_unwrapped(member)) or isinstance(member, property)):
                yield name, member


def _section(name: str, item: Any) -> str:
    if not inspect.isclass(item):
        return f"## {name}\n\n{_signature(name, item)}\n\n{paragraphs(inspect.getdoc(item))}"
    parts = [f"## {name}", paragraphs(item.__doc__ if not _is_generated(item) else "")]
    if dataclasses.is_dataclass(item):
        rows = ([code(field.name), code(_annotation(field.type))] for field in dataclasses.fields(item))
        parts.append(table(["field", "type"], rows))
    parts += [_member(member_name, member) for member_name, member in members_of(item)]
    return "\n\n".join(part for part in parts if part)


def _member(name: str, member: Any) -> str:
    if isinstance(member, property):
        returns = _annotation(inspect.signature(member.fget).return_annotation) if member.fget else ""
        return f"### {name}\n\n```python\n{name}: {returns}\n```\n\n{paragraphs(inspect.getdoc(member))}"
    function = _unwrapped(member)
    return f"### {name}\n\n{_signature(name, function)}\n\n{paragraphs(inspect.getdoc(function))}"


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    given = ", ".join(_parameter(item) for item in signature.parameters.values() if item.name not in {"self", "cls"})
    return f"```python\n{name}({given}) -> {_annotation(signature.return_annotation)}\n```"


def _parameter(parameter: inspect.Parameter) -> str:
    text = f"{parameter.name}: {_annotation(parameter.annotation)}"
    return text if parameter.default is parameter.empty else f"{text} = {parameter.default!r}"


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _unwrapped(member: Any) -> Any:
    return member.__func__ if isinstance(member, classmethod | staticmethod) else member


def _is_generated(item: type) -> bool:
    return bool(item.__doc__ and item.__doc__.startswith(f"{item.__name__}("))
