"""Who was erased on request, as salted hashes beside `shop.toml`: the next run drops them again.

`erased.toml` names nobody: it holds a salt of the shop's own and a hash of each erased id. Whoever has the salt and the
retailer's own list of customers can find out who is on it, and nobody else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.errors import ConfigError
from profithunt.sources.templates import text

FILE: Final = "erased.toml"
MARK: Final = "erased-"
"""What a pseudonym begins with."""
_HEAD: Final = (
    "# Customers who were erased on request, as salted hashes. Keep this file: without it the next run takes\n"
    "# them from the source files again. `profithunt erase` writes it.\n"
)


@dataclass(frozen=True)
class Erased:
    """The salt of a shop, and hash → day of those who were erased."""

    salt: str
    hashes: dict[str, dt.date]

    @classmethod
    def read(cls, folder: Path) -> Erased:
        """What a shop's folder remembers; nobody, and a new salt, where it remembers none. Raises ConfigError."""
        path = folder / FILE
        try:
            data = tomllib.loads(path.read_text("utf-8"))
            return cls(data["salt"], dict(data.get("customers", {})))
        except FileNotFoundError:
            return cls(secrets.token_hex(16), {})
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(
                f"can't be read ({error})", where=str(path), expected="what profithunt erase wrote", do="restore it"
            ) from error

    def write(self, folder: Path) -> Path:
        """Keep it beside shop.toml, in one step."""
        lines = [_HEAD, f'salt = "{self.salt}"\n\n[customers]\n']
        lines += [f"{hashed} = {day.isoformat()}\n" for hashed, day in sorted(self.hashes.items())]
        target, new = folder / FILE, folder / f".{FILE}.new"
        new.write_text("".join(lines), "utf-8")
        new.replace(target)
        return target

    def with_customer(self, customer_id: str, day: dt.date) -> Erased:
        """The same with one more."""
        return Erased(self.salt, {**self.hashes, self.hash_of(customer_id): day})

    def hash_of(self, customer_id: str) -> str:
        """The hash by which an id is recognised."""
        return _sha256(f"{self.salt}{customer_id}")

    def pseudonym_of(self, value: str) -> str:
        """What stands for an id of an erased customer: the same wherever the id stood, and not to be turned back."""
        return MARK + _sha256(f"{self.salt}pseudonym{value}")[:16]

    def digest(self) -> str:
        """Changes whenever somebody is erased; empty as long as nobody is."""
        return _sha256("".join(sorted(self.hashes))) if self.hashes else ""

    def is_erased(self, value: exp.Expr, dialect: str = "duckdb") -> exp.Expr:
        """Whether an id is that of an erased customer; false where it is null."""
        hashed = _hashed(self.salt, value, dialect)
        known = exp.In(this=hashed, expressions=[text(item) for item in sorted(self.hashes)])
        return exp.Coalesce(this=exp.paren(known), expressions=[exp.false()])

    def pseudonym(self, value: exp.Expr, dialect: str = "duckdb") -> exp.Expr:
        """`pseudonym_of` over a column; null stays null."""
        hashed = _hashed(f"{self.salt}pseudonym", value, dialect)
        short = exp.Substring(this=hashed, start=exp.Literal.number(1), length=exp.Literal.number(16))
        joined = exp.Anonymous(this="CONCAT", expressions=[text(MARK), short])
        return exp.Case().when(exp.Is(this=value.copy(), expression=exp.null()).not_(), joined)


def state(folder: Path) -> str:
    """Changes whenever somebody is erased from a shop; empty as long as nobody is."""
    return Erased.read(folder).digest()


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _hashed(salt: str, value: exp.Expr, dialect: str) -> exp.Expr:
    salted = exp.Anonymous(this="CONCAT", expressions=[text(salt), value.copy()])
    if dialect == "spark":
        return exp.Anonymous(this="SHA2", expressions=[salted, exp.Literal.number(256)])
    return exp.Anonymous(this="SHA256", expressions=[salted])
