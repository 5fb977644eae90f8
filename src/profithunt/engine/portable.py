"""What Spark spells like DuckDB but means otherwise, rewritten on the syntax tree so that it gives the same.

| in the house dialect | on Spark by itself | rewritten to |
| --- | --- | --- |
| `CAST(x AS DECIMAL(18, 4))` of a DOUBLE | rounds the number's decimal text | scale, round half away, scale back |
| `CAST(x AS BIGINT)` of a fraction | cuts it off | rounds: a DOUBLE half to even, a DECIMAL half away |
| `ROUND(x, n)` of a DOUBLE | rounds the decimal text | scale, round, scale back |
| `AVG(x)`, `a / b` of DECIMAL | a DECIMAL of few digits | over DOUBLE |
| `EXTRACT(DOW …)`, `EXTRACT(ISODOW …)` | counts Sunday as 1; unknown | counts it as 0; `DAYOFWEEK_ISO` |
| `a LIKE b` | a backslash escapes | nothing escapes |

Division by zero and casts of text that is no number are errors on Spark (ANSI), as they should be: `X_DIV` is there.
"""

from __future__ import annotations

from typing import Final, Literal

from sqlglot import exp

Kind = Literal["double", "decimal", "whole", "unknown"]

_DECIMALS: Final = (exp.DataType.Type.DECIMAL,)
_INTEGERS: Final = (exp.DataType.Type.BIGINT, exp.DataType.Type.INT, exp.DataType.Type.SMALLINT)
_DOUBLES: Final = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
_SAME_AS_ARGUMENT: Final = (exp.Paren, exp.Neg, exp.Alias, exp.Abs, exp.Window, exp.Sum, exp.Max, exp.Min)
_REAL_FUNCTIONS: Final = (
    exp.Div,
    exp.Sqrt,
    exp.Exp,
    exp.Ln,
    exp.Log,
    exp.Pow,
    exp.Cbrt,
    exp.Stddev,
    exp.StddevPop,
    exp.Avg,
)
_WHOLE_FUNCTIONS: Final = (
    exp.Null, exp.Boolean, exp.Floor, exp.Ceil, exp.Count, exp.Length, exp.RowNumber, exp.DateDiff,
)  # fmt: skip


def for_spark(tree: exp.Expr) -> exp.Expr:
    """The statement as Spark must read it to give what DuckDB gives; the tree is changed in place."""
    # Kinds are judged before anything changes, deepest first is how it is rewritten.
    for attempt in tree.find_all(exp.TryCast):
        attempt.set("safe", True)
    found = [(node, kind_of(node.this)) for node in tree.find_all(exp.Cast, exp.Round)]
    for plain in list(tree.find_all(exp.Avg, exp.Div, exp.Extract, exp.Like, exp.DateAdd)):
        tree = _replaced(tree, plain, _plain(plain))
    for node, kind in sorted(found, key=lambda item: item[0].depth, reverse=True):
        tree = _replaced(tree, node, _cast(node, kind) if isinstance(node, exp.Cast) else _round(node, kind))
    return tree


def for_postgres(tree: exp.Expr) -> exp.Expr:
    """The statement with halves of a DOUBLE rounded away, as PostgreSQL does a NUMERIC; changed in place."""
    for node in tree.find_all(exp.Round):
        if node.args.get("decimals") is None:
            node.set("this", exp.Cast(this=node.this, to=exp.DataType.build("DECIMAL", dialect="postgres")))
    return tree


def _replaced(tree: exp.Expr, node: exp.Expr, new: exp.Expr) -> exp.Expr:
    if new is node:
        return tree
    if node is tree:
        return new
    node.replace(new)
    return tree


def kind_of(node: exp.Expr) -> Kind:
    """What an expression surely is: a DOUBLE, a DECIMAL, whole (an integer, text, a day); or only the engine knows."""
    if isinstance(node, _SAME_AS_ARGUMENT):
        return kind_of(node.this)
    if isinstance(node, exp.Cast):
        return "double" if node.to.this in _DOUBLES else "decimal" if node.to.this in _DECIMALS else "whole"
    if isinstance(node, exp.Literal):
        return "decimal" if node.is_number and not node.is_int else "whole"
    if isinstance(node, _REAL_FUNCTIONS) or (isinstance(node, exp.Anonymous) and node.name.upper() == "PERCENTILE"):
        return "double"
    if isinstance(node, _WHOLE_FUNCTIONS):
        return "whole"
    return _widest(_branches(node))


def _branches(node: exp.Expr) -> list[exp.Expr]:
    """The parts whose widest type is the type of the whole; none where the type is not that of parts."""
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        return [node.this, node.expression]
    if isinstance(node, (exp.Coalesce, exp.Greatest, exp.Least)):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Case):
        results = [item.args["true"] for item in node.args["ifs"]]
        return [*results, *filter(None, [node.args.get("default")])]
    return []


def _widest(parts: list[exp.Expr]) -> Kind:
    kinds = {kind_of(part) for part in parts}
    order: tuple[Kind, ...] = ("double", "unknown", "decimal", "whole")
    return next((kind for kind in order if kind in kinds), "unknown")


def _plain(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Avg):
        node.set("this", _double(node.this))
    elif isinstance(node, exp.Div):
        # Brackets around the operands are there already where they are needed.
        node.set("this", _double(node.this))
        node.set("expression", _double(node.expression))
    elif isinstance(node, exp.DateAdd):
        # Differences of days are BIGINT, and Spark adds no such number.
        node.set("expression", exp.cast(node.expression, "INT", dialect="spark"))
    elif isinstance(node, exp.Extract) and node.name.upper() in ("ISODOW", "DAYOFWEEKISO", "DAYOFWEEK_ISO"):
        node.set("this", exp.var("DAYOFWEEK_ISO"))
    elif isinstance(node, exp.Extract) and node.name.upper() in ("DOW", "DAYOFWEEK"):
        return exp.paren(exp.Sub(this=node.copy(), expression=exp.Literal.number(1)))
    elif isinstance(node, exp.Like) and not isinstance(node.parent, exp.Escape):
        # A character that no text holds takes the place of the backslash.
        return exp.Escape(this=node.copy(), expression=exp.Literal.string("\x1a"))
    return node


def _cast(node: exp.Cast, kind: Kind) -> exp.Expr:
    target = node.to.this
    value = node.this
    if target in _DECIMALS and kind in ("double", "unknown"):
        scale = int(node.to.expressions[1].name) if len(node.to.expressions) > 1 else 0
        whole = exp.cast(_nearest(value, 10**scale), "DECIMAL(18, 0)", dialect="spark")
        back = exp.Mul(this=whole, expression=exp.Literal.number(f"{10**-scale:.{scale}f}"))
        real = exp.Cast(this=back, to=node.to.copy())
        return real if kind == "double" else _by_type(value, {"double": real}, node)
    if target not in _INTEGERS or isinstance(value, (exp.Floor, exp.Ceil)):
        return node
    if isinstance(value, exp.Round) and value.args.get("decimals") is None and kind_of(value.this) == "double":
        return exp.Cast(this=_nearest(value.this, 1), to=node.to.copy())
    if kind == "whole" or isinstance(value, exp.Round):
        return node
    even = exp.Cast(this=exp.Anonymous(this="RINT", expressions=[_double(value)]), to=node.to.copy())
    away = exp.Cast(this=exp.cast(value.copy(), "DECIMAL(38, 0)", dialect="spark"), to=node.to.copy())
    if kind == "unknown":
        return _by_type(value, {"double": even, "decimal": away}, node)
    return even if kind == "double" else away


def _nearest(value: exp.Expr, times: int) -> exp.Expr:
    """The whole number (BIGINT) nearest to `times` the value, half away from zero; right up to 10¹⁸.

    Twice the number, cut off, tells whether the fraction is a half or more; halving is a shift, which rounds down, so
    what is not negative is raised by one before. Spark's own ROUND goes by the decimal text, at ten times the price.
    """
    twice = exp.cast(exp.Mul(this=_double(value), expression=_number(2 * times)), "BIGINT", dialect="spark")
    sign = exp.Anonymous(this="SHIFTRIGHT", expressions=[twice, exp.Literal.number(63)])
    raised = exp.Add(this=exp.Add(this=twice.copy(), expression=exp.Literal.number(1)), expression=sign)
    return exp.Anonymous(this="SHIFTRIGHT", expressions=[raised, exp.Literal.number(1)])


def _round(node: exp.Expr, kind: Kind) -> exp.Expr:
    places = node.args.get("decimals")
    if kind in ("decimal", "whole") or not isinstance(places, exp.Literal) or int(places.name) == 0:
        return node
    power = _number(10 ** int(places.name))
    scaled = exp.Round(this=exp.Mul(this=_double(node.this), expression=power))
    real = exp.Div(this=scaled, expression=power.copy())
    return real if kind == "double" else _by_type(node.this, {"double": real}, node)


def _by_type(value: exp.Expr, forms: dict[str, exp.Expr], other: exp.Expr) -> exp.Expr:
    """One form for each type of the value: Spark knows it when it plans, and drops the others."""
    result = exp.Case()
    for name, form in forms.items():
        kind = exp.Anonymous(this="TYPEOF", expressions=[value.copy()])
        start = exp.func("LEFT", kind, exp.Literal.number(len(name)))
        result = result.when(exp.EQ(this=start, expression=exp.Literal.string(name)), form, copy=False)
    return result.else_(other.copy(), copy=False)


def _double(value: exp.Expr) -> exp.Expr:
    if isinstance(value, exp.Cast) and value.to.this in _DOUBLES:
        return value.copy()
    return exp.cast(value.copy(), "DOUBLE", dialect="spark")


def _number(value: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(value), "DOUBLE", dialect="spark")
