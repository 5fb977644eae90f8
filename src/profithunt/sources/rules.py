"""What must hold in each canonical table (`rules.toml`), as trees."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

from profithunt.sources.templates import DIALECT


@dataclass(frozen=True)
class Rule:
    """Rows where `when` holds are set aside with `reason`; `column` is the one shown."""

    column: str
    reason: str
    when: exp.Expr


@dataclass(frozen=True)
class TableRules:
    """What a table's rows are worth, which key may be generated, what belongs together, what must hold."""

    money: exp.Expr
    generated_key: str | None = None
    same_in: str | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def generated(self) -> tuple[str, ...]:
        """Key columns that a source may leave out."""
        return (self.generated_key,) if self.generated_key else ()


@lru_cache(maxsize=1)
def _all() -> dict[str, TableRules]:
    data = tomllib.loads((files(__package__) / "rules.toml").read_text("utf-8"))
    return {
        name: TableRules(
            money=sqlglot.parse_one(entry.get("money", "NULL"), dialect=DIALECT),
            generated_key=entry.get("generated_key"),
            same_in=entry.get("same_in"),
            rules=tuple(
                Rule(rule["column"], rule["reason"], sqlglot.parse_one(rule["when"], dialect=DIALECT))
                for rule in entry.get("rule", ())
            ),
        )
        for name, entry in data.items()
    }


def rules_of(table: str) -> TableRules:
    """The rules of a canonical table."""
    return _all().get(table, TableRules(money=exp.null()))
