"""Order lines out of a file of lines: which amount is what, and what is left out."""

from __future__ import annotations

from sqlglot import exp

from profithunt.sources.propose import trade, tree
from profithunt.sources.propose.draft import FileReading, Findings, SourceDraft
from profithunt.sources.propose.flat import Columns, Flat

ONE = exp.Literal.number(1)


def order_lines(file: FileReading, columns: Columns | None, flat: Flat, says: Findings) -> SourceDraft:
    """The `order_lines` source of a file of lines."""
    draft = SourceDraft("order_lines", file)
    draft.take("order_id", "order_id")
    _line_no(draft, file)
    if not draft.take("sku", "sku"):
        draft.take("sku", "product_name", "the only thing that names the item")
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
        if amount is not None and price is None:
            gross = exp.Add(
                this=tree.num(amount), expression=exp.func("COALESCE", tree.num(discount), exp.Literal.number(0))
            )
            draft.work_out(
                "list_amount",
                gross,
                0.5,
                f"{amount.name} taken for what was paid, {discount.name} for what came off before",
            )
            says.ask(f"Is {amount.name} in {file.table.name} before or after {discount.name}? Taken for after.")
        else:
            draft.take("discount", "discount")
            if not known:
                says.ask(
                    f"Does {discount.name} in {file.table.name} come off the price that is mapped, or is it in it already? Taken off."
                )
    elif rate is not None:
        _discount_rate(draft, file, says)
    listed, list_amount = file.column("list_price"), file.column("list_amount")
    if list_amount is not None:
        draft.take("list_amount", "list_amount")
    elif listed is not None and quantity is not None and "list_amount" not in draft.columns:
        at_list = tree.times(tree.num(listed), tree.num(quantity))
        draft.work_out("list_amount", at_list, file.confidence("list_price"), f"quantity × {listed.name}")


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
    """Whether orders of several different lines state one value of a column on each line: it is the order's then."""
    order = file.column("order_id")
    amount = file.column("line_amount") or file.column("unit_price")
    if order is None:
        return False
    telling = same = 0
    groups: dict[str, list[dict[str, str]]] = {}
    for row in file.profile.head:
        groups.setdefault(row[order.name], []).append(row)
    for rows in groups.values():
        stated = [row[column] for row in rows if row[column]]
        different = amount is None or len({row[amount.name] for row in rows}) > 1
        if len(rows) > 1 and different and any(value.strip("0.,") for value in stated):
            telling += 1
            same += len(set(stated)) == 1
    return telling >= 3 and same >= 0.9 * telling


def _cancelled(draft: SourceDraft, file: FileReading, flat: Flat) -> None:
    """Lines whose status says cancelled, where other lines of the order go on."""
    status, order, quantity = file.column("status"), file.column("order_id"), file.column("quantity")
    if status is None or order is None or quantity is None or flat.credit is not None and flat.signed:
        return
    values = trade.among("cancelled", status.common)
    if values and not file.constant(order.name, status.name):
        units = tree.when(tree.one_of(status, values), tree.num(quantity))
        draft.work_out("cancelled_quantity", units, 0.8, f"{status.name} is {', '.join(values)}")
        draft.work_out("cancel_reason", tree.when(tree.one_of(status, values), tree.name(status)), 0.8, "the status")
