"""Parts of a proposal on their way: a file as it was read, and the sources drafted from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from profithunt.sources.propose import tree
from profithunt.sources.propose.amounts import Evidence
from profithunt.sources.propose.look import RawTable
from profithunt.sources.propose.profile import ColumnProfile, TableProfile
from profithunt.sources.propose.roles import Meaning, Reading

_GROUPS = 5
_CONSTANT = 0.95


@dataclass(frozen=True)
class FileReading:
    """A raw table with what its columns hold, what they mean, and what their arithmetic says."""

    profile: TableProfile
    reading: Reading
    evidence: Evidence

    @property
    def table(self) -> RawTable:
        """The raw table."""
        return self.profile.table

    @property
    def role(self) -> str:
        """The table that the file feeds first."""
        return self.reading.role

    def column(self, concept: str) -> ColumnProfile | None:
        """The raw column taken for a concept."""
        name = self.reading.column(concept)
        return self.profile.columns[name] if name else None

    def meaning(self, concept: str) -> Meaning | None:
        """The meaning found for a concept."""
        return self.reading.meanings.get(concept)

    def confidence(self, *concepts: str) -> float:
        """How sure the least sure of some concepts is."""
        found = [meaning.confidence for concept in concepts if (meaning := self.meaning(concept)) is not None]
        return min(found, default=0.5)

    def depends(self, key: str, column: str) -> float:
        """Share of the sample's keys with several rows that have one value of the column; 1 when none has several."""
        seen: dict[str, set[str]] = defaultdict(set)
        counts: dict[str, int] = defaultdict(int)
        for row in self.profile.sample:
            if row[key] and row[column]:
                seen[row[key]].add(row[column])
                counts[row[key]] += 1
        several = [name for name, count in counts.items() if count > 1]
        return sum(1 for name in several if len(seen[name]) == 1) / len(several) if several else 1.0

    def constant(self, key: str, column: str) -> bool:
        """Whether a column has one value per key."""
        return self.depends(key, column) >= _CONSTANT


@dataclass(frozen=True)
class ColumnDraft:
    """One canonical column: what it is made of (as in shop.toml), how sure, and why."""

    spec: str | dict[str, Any]
    confidence: float
    why: str

    @property
    def source(self) -> str:
        """What it is made of, in one line."""
        if isinstance(self.spec, str):
            return self.spec
        return str(self.spec["expr"]) if "expr" in self.spec else f"always {self.spec['value']!r}"


@dataclass
class SourceDraft:
    """One `[[sources]]` to be: its columns, filter, joins and what to say about it."""

    table: str
    file: FileReading
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    where: exp.Expr | None = None
    group: bool = False
    joins: list[tuple[FileReading, dict[str, Any]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def take(self, column: str, concept: str, why: str | None = None) -> bool:
        """Map a canonical column to the raw column taken for a concept, when there is one."""
        meaning = self.file.meaning(concept)
        if meaning is None or column in self.columns:
            return False
        self.columns[column] = ColumnDraft(meaning.column, meaning.confidence, why or meaning.why)
        return True

    def work_out(self, column: str, expression: exp.Expr, confidence: float, why: str) -> None:
        """Map a canonical column to an expression."""
        self.columns[column] = ColumnDraft({"expr": tree.sql(expression)}, round(confidence, 2), why)

    def fix(self, column: str, value: str | int, confidence: float, why: str) -> None:
        """Give a canonical column one value."""
        self.columns[column] = ColumnDraft({"value": value}, confidence, why)


@dataclass
class Findings:
    """What is said to the user beside the mapping."""

    questions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """A question, once."""
        if question not in self.questions:
            self.questions.append(question)

    def warn(self, warning: str) -> None:
        """A warning, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def note(self, note: str) -> None:
        """Something found, once."""
        if note not in self.notes:
            self.notes.append(note)
