"""The surroundings of a shop that its files show: currency, tax, how dates and numbers are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.sources.propose.profile import relation, text_of
from profithunt.sources.propose.values import CURRENCIES

if TYPE_CHECKING:
    from profithunt.engine import Engine
    from profithunt.sources.propose.assemble import Assembly
    from profithunt.sources.propose.draft import FileReading, SourceDraft
    from profithunt.sources.propose.look import RawTable

_SIGNS = {"€": "EUR", "£": "GBP", "zł": "PLN", "R$": "BRL", "¥": "JPY", "円": "JPY", "₹": "INR"}
_RATES = (
    0.05,
    0.055,
    0.06,
    0.07,
    0.08,
    0.09,
    0.1,
    0.12,
    0.13,
    0.15,
    0.16,
    0.18,
    0.19,
    0.2,
    0.21,
    0.22,
    0.23,
    0.24,
    0.25,
    0.27,
)
_MONEY = ("unit_price", "line_amount", "order_total", "refund", "shipping_charged", "list_price")


def surroundings(files: list[FileReading], work: Assembly) -> dict[str, Any]:
    """Sections beside the sources, with the questions that they leave."""
    currency = _currency(files)
    several = _several(files)
    if several:
        work.says.ask(exchange(several))
    if currency is None:
        work.says.ask("Which currency are the amounts in? [shop] currency says USD for want of a better guess.")
    work.says.ask(
        "In which time zone does the shop count its days, "
        "and are the times in the files local? [shop] timezone says UTC."
    )
    tax = _tax(files)
    if tax is None:
        work.says.ask("Do prices include tax, and at which rate? [tax] says that they don't.")
    sections: dict[str, Any] = {
        "shop": {"name": "my shop", "currency": currency or "USD", "timezone": "UTC"},
        "tax": {"prices_include_tax": bool(tax and tax[0]), **({"rate": tax[1]} if tax else {"rate": 0.0})},
    }
    if tax is not None:
        work.says.note(
            f"the tax stated is {tax[1]:.1%} {'of what is left of' if tax[0] else 'on top of'} the amounts: "
            "[tax] says so"
        )
    if not any({"unit_cost", "cost_amount"} & set(draft.columns) for draft in work.drafts):
        sections["assumptions"] = {"use": True, "cost_ratio": 0.65}
    _dates(files, work)
    return sections


def currencies(table: RawTable, column: str, engine: Engine) -> list[str]:
    """Currencies that a column holds, the usual one first."""
    query = (
        exp.select(text_of(column), exp.Count(this=exp.Star()))
        .from_(relation(table))
        .group_by(exp.Literal.number(1))
        .order_by(exp.Ordered(this=exp.Literal.number(2), desc=True), exp.Literal.number(1))
        .limit(20)
    )
    return [str(code).upper() for code, _ in engine.rows(query) if code is not None and str(code).upper() in CURRENCIES]


def exchange(found: Sequence[str]) -> str:
    """The question that several currencies ask."""
    return (
        f"Orders are in {', '.join(found)}: what is one {found[1]} worth in {found[0]}? "
        "Give the rates as [[cost_rates]] of kind 'exchange'; orders without a rate are set aside."
    )


def parse_settings(draft: SourceDraft) -> dict[str, Any]:
    """How the text of a source is written, where its values show it and it isn't the usual way."""
    texts = [column for column in draft.file.profile.columns.values() if column.type == "VARCHAR"]
    signs = {column.decimal for column in texts if column.is_number and column.decimal}
    orders = {column.date_order for column in texts if column.is_date and column.date_order in ("dmy", "mdy")}
    settings: dict[str, Any] = {}
    if signs == {","}:
        settings["decimal"] = ","
    if len(orders) == 1:
        settings["dates"] = orders.pop()
    return settings


def _currency(files: list[FileReading]) -> str | None:
    votes: Counter[str] = Counter()
    for file in files:
        column = file.column("currency")
        if column is not None and column.common and column.common[0].upper() in CURRENCIES:
            votes[column.common[0].upper()] += 10
        for concept in _MONEY:
            money = file.column(concept)
            for value in money.common if money is not None else ():
                votes.update(code for sign, code in _SIGNS.items() if sign in value)
        for name in file.profile.columns:
            votes.update(
                word
                for word in name.upper().replace("(", " ").replace(")", " ").replace("_", " ").split()
                if word in CURRENCIES
            )
            votes.update(code for sign, code in _SIGNS.items() if sign in name)
    return votes.most_common(1)[0][0] if votes else None


def _several(files: list[FileReading]) -> list[str]:
    """Currencies of the orders, where there are several, the usual one first."""
    for file in files:
        column = file.column("currency")
        found = [code.upper() for code in column.common if code.upper() in CURRENCIES] if column is not None else []
        if len(found) > 1:
            return found
    return []


def _tax(files: list[FileReading]) -> tuple[bool, float] | None:
    """Whether amounts hold the tax that is stated beside them, and its rate, where one rate explains most rows."""
    for file in files:
        tax = file.column("tax")
        amount = file.column("line_amount") or file.column("order_total")
        if tax is None or amount is None:
            continue
        taxes, amounts = file.profile.numbers(tax.name), file.profile.numbers(amount.name)
        pairs = [(part, whole) for part, whole in zip(taxes, amounts, strict=True) if part and whole and abs(whole) > 1]
        for inside in (False, True):
            votes = Counter(
                rate
                for part, whole in pairs
                for rate in _RATES
                if abs(part - (whole - whole / (1 + rate) if inside else whole * rate)) <= 0.012
            )
            if votes and votes.most_common(1)[0][1] > 0.6 * len(pairs) and len(pairs) >= 8:
                return inside, votes.most_common(1)[0][0]
    return None


def _dates(files: list[FileReading], work: Assembly) -> None:
    for draft in work.drafts:
        columns = draft.file.profile.columns.values()
        doubtful = [column.name for column in columns if column.is_date and column.date_order == "?"]
        sure = any(column.date_order in ("dmy", "mdy") for column in columns)
        if doubtful and not sure:
            work.says.ask(
                f"Is 03/04 in {doubtful[0]} of {draft.file.table.name} the 3rd of April "
                "or the 4th of March? Set dates = 'dmy' or 'mdy'."
            )
    for file in files:
        unsure = [column.name for column in file.profile.columns.values() if column.is_number and column.doubtful]
        if unsure:
            work.says.warn(
                f"{', '.join(unsure[:4])} of {file.table.name}: "
                "the sign before three digits is taken for a thousands separator"
            )
