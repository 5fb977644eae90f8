"""Chance that can be counted on: macros that give the same random number for the same seed, stream and keys.

A number depends on nothing else: not on the order of rows, not on the engine, not on what else is drawn. So two
worlds that differ in one thing share all their luck, and a world with more customers holds the same ones and new ones.

| macro | gives |
| --- | --- |
| `X_UNIFORM('stream', key, …)` | a number between 0 and 1, both left out; one to three whole keys |
| `X_NORMAL('stream', key, …)` | a standard normal number (Tukey's lambda, within 0.003 of it below three sigma) |
| `X_DRAW(n, 'stream', key, …)` | a whole number from 0 to n − 1 |

The seed is the value `$seed` of the statement. Keys are whole numbers from 0 to below 2³². The arithmetic is that of
whole numbers below 2⁶³ (multiply, keep 32 bits, xor with a shift: the finish of MurmurHash), alike on every engine.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sqlglot import exp

_MASK: Final = 4_294_967_295
_MIX: Final = ((16, 0x7FEB352D), (15, 0x2C1B3C6D))
_SHAPE: Final = "0.1349"
_SCALE: Final = "0.1975"
MOST_KEYS: Final = 3


def uniform(stream: exp.Expr, keys: list[exp.Expr], seed: int) -> exp.Expr:
    """A uniform number of a stream, as a tree. Raises ValueError without keys or with too many."""
    if not 1 <= len(keys) <= MOST_KEYS or not (isinstance(stream, exp.Literal) and stream.is_string):
        raise ValueError("a stream's name as text, then one to three keys")
    start, *factors = _constants(seed, stream.name)
    mixed: exp.Expr = _number(start)
    for factor, key in zip(factors, keys, strict=False):
        mixed = exp.Add(this=mixed, expression=exp.Mul(this=_whole(key), expression=_number(factor)))
    mixed = _low_bits(mixed)
    for shift, factor in _MIX:
        folded = exp.BitwiseXor(
            this=mixed, expression=exp.paren(exp.BitwiseRightShift(this=mixed.copy(), expression=_number(shift)))
        )
        mixed = _low_bits(exp.Mul(this=exp.paren(folded), expression=_number(factor)))
    above_zero = exp.Add(this=_double(mixed), expression=exp.Literal.number("0.5"))
    return exp.paren(exp.Div(this=exp.paren(above_zero), expression=exp.Literal.number("4294967296.0")))


def normal(stream: exp.Expr, keys: list[exp.Expr], seed: int) -> exp.Expr:
    """A standard normal number of a stream: Tukey's lambda distribution with shape 0.1349 (Shapiro's approximation)."""
    below = uniform(stream, keys, seed)
    above = exp.paren(exp.Sub(this=exp.Literal.number("1"), expression=below.copy()))
    tails = exp.Sub(this=_power(below), expression=_power(above))
    return exp.paren(exp.Div(this=exp.paren(tails), expression=exp.Literal.number(_SCALE)))


def draw(count: exp.Expr, stream: exp.Expr, keys: list[exp.Expr], seed: int) -> exp.Expr:
    """A whole number below `count`, each as likely."""
    scaled = exp.Mul(this=uniform(stream, keys, seed), expression=_double(exp.paren(count.copy())))
    return exp.cast(exp.Floor(this=scaled), "BIGINT")


def _constants(seed: int, stream: str) -> list[int]:
    """Where a stream starts, and its odd factor for each key: below 2³⁰, so that products stay below 2⁶²."""
    digest = hashlib.sha256(f"{seed}/{stream}".encode()).digest()
    parts = [int.from_bytes(digest[at : at + 4], "big") >> 2 for at in range(0, 4 * (MOST_KEYS + 1), 4)]
    return [parts[0], *(part | (1 << 28) | 1 for part in parts[1:])]


def _low_bits(value: exp.Expr) -> exp.Expr:
    return exp.paren(exp.BitwiseAnd(this=exp.paren(value), expression=_number(_MASK)))


def _power(value: exp.Expr) -> exp.Expr:
    return exp.func("POWER", value, exp.Literal.number(_SHAPE), dialect="duckdb")


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _whole(value: exp.Expr) -> exp.Expr:
    return exp.cast(value.copy(), "BIGINT")


def _double(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "DOUBLE")
