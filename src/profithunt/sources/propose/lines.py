"""Order lines out of a file of lines: which amount is what, and what is left out."""

from __future__ import annotations

from sqlglot import exp

from profithunt.sources.propose import trade, tree
from profithunt.sources.propose.draft import FileReading, Findings, SourceDraft
from profithunt.sources.propose.flat import Columns, Flat

ONE = exp.Literal.number(1)
_TELLING, _SAME = 3, 0.9


def order_lines(file: FileReading, columns: Columns | None, flat: Flat, says: Findings) -> SourceDraft:
    """The `order_lines` source of a file of lines."""
    draft = SourceDraft("order_lines", file)
    order_key(draft, file, says)
    _line_no(draft, file)
    item_key(draft, says)
    if not draft.take("quantity", "quantity"):
        draft.fix("quantity", 1, 0.5, "no column for it: one row taken for one unit")
        says.ask(f"{file.table.name} has no quantity: is each row one unit?")
    _amounts(draft, file, says)
    _costs(draft, file)
    for concept in ("promo_id", "cancelled_quantity", "tax"):
        draft.take(concept, concept)
    _not_of_the_line(draft, file)
    _cancelled(draft, file, flat)
    if columns is not None:
        left_out = flat.codes("shipping", "fee", "test", *(("discount",) if flat.discounts_on_sales else ()))
        draft.where = tree.both(
            exp.not_(exp.paren(flat.credit.copy())) if flat.credit is not None else None,
            tree.none_of(columns.item, left_out) if left_out else None,
        )
    return draft


def order_key(draft: SourceDraft, file: FileReading, says: Findings) -> None:
    """The order number; where there is none, what a customer bought on a day is an order."""
    who, when = file.column("customer_id"), file.column("ordered_at")
    if draft.take("order_id", "order_id") or who is None or when is None:
        return
    key = exp.DPipe(
        this=exp.DPipe(this=tree.trimmed(who), expression=exp.Literal.string("/")), expression=tree.trimmed(when)
    )
    draft.work_out("order_id", key, 0.5, f"no order number: {who.name} and {when.name} make an order")
    says.ask(f"{file.table.name} has no order number: is what a customer buys at one {when.name} one order?")


def item_key(draft: SourceDraft, says: Findings) -> None:
    """The item's number; else its name; else the finest thing that is said of it."""
    if draft.take("sku", "sku") or draft.take("sku", "product_name", "the only thing that names the item"):
        return
    if draft.take("sku", "category", "the only thing that tells items apart"):
        says.ask(
            f"{draft.file.table.name} names no items, only {draft.columns['sku'].source}: is there a column for them?"
        )


def _line_no(draft: SourceDraft, file: FileReading) -> None:
    line, order = file.column("line_no"), file.column("order_id")
    if line is None or order is None or not line.is_number or line.whole < 1:
        return
    pairs = [(row[order.name], row[line.name]) for row in file.profile.sample]
    if len(set(pairs)) == len(pairs):
        draft.take("line_no", "line_no")


def _amounts(draft: SourceDraft, file: FileReading, says: Findings) -> None:
    """Unit price, line amount, discount and list amount."""
    best = file.evidence.best
    quantity, price = file.column("quantity"), file.column("unit_price")
    amount, discount, rate = file.column("line_amount"), file.column("discount"), file.column("discount_rate")
    sure = file.confidence("quantity", "unit_price", "line_amount")
    draft.take("unit_price", "unit_price")
    known = (
        best is not None
        and amount is not None
        and price is not None
        and best.amount == amount.name
        and best.price == price.name
    )
    if known and best is not None and best.form != "plain" and quantity and price and amount:
        before = tree.times(tree.num(quantity), tree.num(price))
        draft.work_out("line_amount", before, sure, "the line before its discount")
        draft.work_out(
            "discount",
            exp.Sub(this=before.copy(), expression=tree.num(amount)),
            sure,
            file.evidence.why("", amount.name),
        )
        return
    draft.take("line_amount", "line_amount")
    if discount is not None:
        _discount(draft, file, says, known=known)
    elif rate is not None:
        _discount_rate(draft, file, says)
    listed, list_amount = file.column("list_price"), file.column("list_amount")
    if list_amount is not None:
        draft.take("list_amount", "list_amount")
    elif listed is not None and quantity is not None and "list_amount" not in draft.columns:
        at_list = tree.times(tree.num(listed), tree.num(quantity))
        draft.work_out("list_amount", at_list, file.confidence("list_price"), f"quantity × {listed.name}")


def _discount(draft: SourceDraft, file: FileReading, says: Findings, *, known: bool) -> None:
    """A discount amount: off the amount that is mapped, or in it already, as the other amounts show."""
    discount, amount, price = file.column("discount"), file.column("line_amount"), file.column("unit_price")
    if discount is None:
        return
    off = exp.Abs(this=tree.num(discount)) if discount.negative > 0 else tree.num(discount)
    sure = file.confidence("discount")
    told = file.evidence.before
    if amount is not None and (amount.name, discount.name) in told:
        why = f"{amount.name} − {discount.name} = {told[amount.name, discount.name]}"
        draft.work_out("discount", off, sure, why) if discount.negative > 0 else draft.take("discount", "discount", why)
        return
    was = next(
        (
            before
            for (before, other), after in told.items()
            if amount and other == discount.name and after == amount.name
        ),
        None,
    )
    if was is not None:
        draft.work_out(
            "list_amount",
            tree.num(file.profile.columns[was]),
            sure,
            f"{was} − {discount.name} = {told[was, discount.name]}",
        )
        return
    if amount is not None and price is None:
        gross = exp.Add(this=tree.num(amount), expression=exp.func("COALESCE", off, exp.Literal.number(0)))
        draft.work_out(
            "list_amount",
            gross,
            0.5,
            f"{amount.name} taken for what was paid, {discount.name} for what came off before",
        )
        says.ask(f"Is {amount.name} in {file.table.name} before or after {discount.name}? Taken for after.")
        return
    draft.work_out("discount", off, sure, "stated with a minus") if discount.negative > 0 else draft.take(
        "discount", "discount"
    )
    if not known or file.column("line_amount") is not None:
        says.ask(
            f"Does {discount.name} in {file.table.name} "
            "come off the price that is mapped, or is it in it already? Taken off."
        )


def _discount_rate(draft: SourceDraft, file: FileReading, says: Findings) -> None:
    quantity, price, amount = file.column("quantity"), file.column("unit_price"), file.column("line_amount")
    rate = file.column("discount_rate")
    if rate is None:
        return
    share = tree.num(rate)
    if (rate.most or 0) > 1:
        share = exp.Div(this=share, expression=exp.Literal.number(100))
    if amount is not None and price is None:
        kept = exp.Nullif(this=exp.Sub(this=ONE.copy(), expression=share), expression=exp.Literal.number(0))
        draft.work_out(
            "list_amount",
            exp.Div(this=tree.num(amount), expression=kept),
            0.6,
            f"{amount.name} taken for the amount after {rate.name}",
        )
        says.ask(f"Is {amount.name} in {file.table.name} before or after {rate.name}? Taken for after.")
    elif price is not None and quantity is not None and amount is None:
        off = tree.times(tree.times(tree.num(quantity), tree.num(price)), exp.paren(share))
        draft.work_out("discount", off, 0.55, f"{rate.name} of quantity × {price.name}")
        says.ask(f"Is {price.name} in {file.table.name} before or after {rate.name}? Taken for before.")


def _costs(draft: SourceDraft, file: FileReading) -> None:
    profit = file.column("profit")
    amount = file.column("line_amount")
    if draft.take("cost_amount", "cost_amount"):
        return
    unit_cost = file.column("unit_cost")
    if unit_cost is not None:
        of_line = file.evidence.per_unit.get(unit_cost.name) is False
        draft.take("cost_amount" if of_line else "unit_cost", "unit_cost")
    elif profit is not None and amount is not None:
        cost = exp.Sub(this=tree.num(amount), expression=tree.num(profit))
        draft.work_out("cost_amount", cost, file.confidence("profit", "line_amount"), f"{amount.name} − {profit.name}")


def _not_of_the_line(draft: SourceDraft, file: FileReading) -> None:
    """Amounts that repeat on every line of an order are the order's, not the line's."""
    order = file.column("order_id")
    tax = file.column("tax")
    if order is not None and tax is not None and repeats(file, tax.name):
        draft.columns.pop("tax", None)


def repeats(file: FileReading, column: str) -> bool:
    """Whether orders of several lines state one value of a column on each line: it is the order's then."""
    order = file.column("order_id")
    if order is None:
        return False
    telling = same = 0
    groups: dict[str, list[str]] = {}
    for row in file.profile.head:
        groups.setdefault(row[order.name], []).append(row[column])
    for stated in groups.values():
        if len(stated) > 1 and any(value.strip("0.,") for value in stated):
            telling += 1
            same += len(set(stated)) == 1
    return telling >= _TELLING and same >= _SAME * telling


def _cancelled(draft: SourceDraft, file: FileReading, flat: Flat) -> None:
    """Lines whose status says cancelled, where other lines of the order go on."""
    status, order, quantity = file.column("status"), file.column("order_id"), file.column("quantity")
    if status is None or order is None or quantity is None or (flat.credit is not None and flat.signed):
        return
    values = trade.among("cancelled", status.common)
    if values and not file.constant(order.name, status.name):
        units = tree.when(tree.one_of(status, values), tree.num(quantity))
        draft.work_out("cancelled_quantity", units, 0.8, f"{status.name} is {', '.join(values)}")
        draft.work_out("cancel_reason", tree.when(tree.one_of(status, values), tree.name(status)), 0.8, "the status")
