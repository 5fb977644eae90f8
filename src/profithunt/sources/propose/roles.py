"""Which table a file feeds, and which column means what: one best assignment per role, then the best role.

A role's score is the sum of its columns' scores, less what it must have and lacks, more or less for the grain (a key
that names each row, or repeats) and for the file's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from profithunt.sources.propose import fit, names
from profithunt.sources.propose.amounts import Evidence
from profithunt.sources.propose.assignment import assign
from profithunt.sources.propose.concepts import candidates, concepts, roles
from profithunt.sources.propose.grain import Grain, grain
from profithunt.sources.propose.profile import TableProfile

LEAST = 0.55
"""Below this a column is not taken for a concept."""
_LACKS, _FILE, _GRAIN = 1.6, 1.3, 0.8
_STRONG = 0.3
_NEARLY = 0.5
_SOME = 20
_A_SHARE = 0.4


@dataclass(frozen=True)
class Meaning:
    """A column taken for a concept: how sure, by which words and which evidence."""

    concept: str
    column: str
    score: float
    why: str

    @property
    def confidence(self) -> float:
        """The score as a share: what such scores turned out to be worth on the test headings."""
        return round(min(0.99, max(0.05, 0.15 + 0.72 * self.score)), 2)


@dataclass(frozen=True)
class Reading:
    """A file read as one role: its meanings by concept, the score, what is lacking."""

    role: str
    meanings: dict[str, Meaning]
    score: float
    lacking: tuple[tuple[str, ...], ...] = field(default=())

    def column(self, concept: str) -> str | None:
        """The raw column taken for a concept."""
        meaning = self.meanings.get(concept)
        return meaning.column if meaning else None


def read(table: TableProfile, evidence: Evidence) -> list[Reading]:
    """The file as each role, best first."""
    speech = names.languages_of(table.columns)
    nouns = _nouns(table)
    forms = names.variants(list(table.columns), nouns)
    groups = grain(table, forms, speech)
    fits: dict[str, dict[str, Meaning]] = {}
    for concept in concepts():
        scored = {
            column: meaning
            for column in table.columns
            if (meaning := _score(table, column, concept, forms[column], speech, evidence, groups)) is not None
        }
        if scored:
            fits[concept] = scored
    readings = [_as(role, table, fits) for role in roles()]
    return sorted(readings, key=lambda reading: -reading.score)


def _nouns(table: TableProfile) -> tuple[str, ...]:
    return tuple(names.normal(table.table.stem).split())


def _score(
    table: TableProfile,
    column: str,
    concept: str,
    forms: tuple[str, ...],
    speech: dict[str, float],
    evidence: Evidence,
    groups: Grain,
) -> Meaning | None:
    profile = table.columns[column]
    value = fit.judge(concepts()[concept].kind, profile)
    if value is None:
        return None
    if (
        concept in ("discount", "order_discount")
        and profile.most is not None
        and 0 < profile.most <= 1
        and profile.whole < 1
    ):
        value -= _A_SHARE
    named = names.fit(forms, concept, speech)
    other = {"line_amount": "unit_price", "unit_price": "line_amount"}.get(concept)
    if other is not None and evidence.per_unit.get(column) is (concept == "unit_price"):
        misled = names.fit(forms, other, speech)
        named = max(named, names.NameFit(0.8 * misled.score, misled.word), key=lambda found: found.score)
    if concept == "record_id" and profile.unique:
        named = max(named, names.numbering(forms), key=lambda found: found.score)
    proof = evidence.bonus(concept, column)
    if named.score == 0 and proof < _STRONG and value < _STRONG:
        return None
    score = 0.9 * named.score + value * (1.0 if named.score or proof > 0 else 0.9) + proof
    if named.score == 0 and proof <= 0:
        score = min(score, 0.5) + 0.1
    score += groups.bonus(concept, column)
    if score < LEAST:
        return None
    because = [f"heading reads '{named.word}'"] if named.score else []
    if proof > 0:
        because.append(evidence.why(concept, column))
    elif value >= 0.1 or not named.score:
        because.append(_looks(concept))
    return Meaning(concept, column, min(score, 1.2), "; ".join(because) or "heading")


def _looks(concept: str) -> str:
    kinds = {
        "date": "values are dates",
        "email": "values are e-mail addresses",
        "country": "values are countries",
        "currency": "values are currency codes",
        "money": "values are amounts",
        "quantity": "values are whole numbers",
        "id": "values are codes",
        "label": "few different values",
        "rate": "values lie between 0 and 1",
        "time": "values are times of day",
    }
    return kinds.get(concepts()[concept].kind, "values fit")


def _as(role: str, table: TableProfile, fits: dict[str, dict[str, Meaning]]) -> Reading:
    weights = {name: weight for name, weight in candidates(role).items() if name in fits}
    targets = sorted(weights)
    columns = list(table.columns)
    grid = [
        [
            (fits[target][column].score * weights[target] * _share_of_key(role, target, column, table)) ** 2
            if column in fits[target]
            else 0.0
            for target in targets
        ]
        for column in columns
    ]
    meanings: dict[str, Meaning] = {}
    total = 0.0
    for row, position in enumerate(assign(grid)):
        if position is not None:
            target = targets[position]
            meanings[target] = fits[target][columns[row]]
            total += grid[row][position] ** 0.5
    _only_dates(role, meanings, table)
    groups = roles()[role].must
    lacking = tuple(group for group in groups if not any(name in meanings for name in group))
    must = sum(max((meanings[name].score for name in group if name in meanings), default=0.0) for group in groups)
    score = total * 0.5 + 1.5 * must / len(groups) - _LACKS * len(lacking)
    score += _GRAIN * _grain(role, meanings, table) + _FILE * _named(role, table.table.stem)
    return Reading(role, meanings, score, lacking)


def _only_dates(role: str, meanings: dict[str, Meaning], table: TableProfile) -> None:
    """The only column of dates is the day of the row, whatever it is called."""
    day = "ordered_at" if role in ("order_lines", "orders") else "event_at"
    if day not in candidates(role) or any(concepts()[name].kind == "date" for name in meanings):
        return
    taken = {meaning.column for meaning in meanings.values()}
    free = [column.name for column in table.columns.values() if column.is_date and column.name not in taken]
    if len(free) == 1:
        meanings[day] = Meaning(day, free[0], LEAST, "the only dates in the file")


def _share_of_key(role: str, target: str, column: str, table: TableProfile) -> float:
    """A key that should name each row counts more on a column that does, and less on one that doesn't."""
    profile = table.columns[column]
    if target in roles()[role].one:
        share = profile.distinct / profile.filled if profile.filled else 0.0
        return 1.15 if profile.unique else (0.85 if share > _NEARLY else 0.0)
    if (
        (target in roles()[role].many or (role, target) == ("order_lines", "sku"))
        and profile.unique
        and profile.rows > _SOME
    ):
        return 0.8 if target in roles()[role].many else 0.6
    return 1.0


def _grain(role: str, meanings: dict[str, Meaning], table: TableProfile) -> float:
    total = 0.0
    for concept in roles()[role].one:
        if concept in meanings:
            profile = table.columns[meanings[concept].column]
            share = profile.distinct / profile.filled if profile.filled else 0.0
            total += 1.0 if share > 0.995 else (-0.2 if share > 0.9 else -1.5)
    for concept in roles()[role].many:
        if concept in meanings:
            profile = table.columns[meanings[concept].column]
            total += -0.4 if profile.unique and profile.rows > _SOME else 0.4
    return total


@cache
def _named(role: str, stem: str) -> float:
    """How far a file's name says that it has this role: 0–1."""
    text = names.normal(stem)
    best = 0.0
    for word in roles()[role].words:
        if text == word or text.replace(" ", "") == word.replace(" ", ""):
            return 1.0
        tokens, wanted = text.split(), word.split()
        if all(token in tokens for token in wanted):
            best = max(best, 0.5 + 0.4 * len(word) / max(len(text), 1) + (0.1 if tokens[-1] == wanted[-1] else 0.0))
        elif len(word) >= 2 and not word.isascii() and word in text:
            best = max(best, 0.7)
        elif len(word) >= 6 and word.replace(" ", "") in text.replace(" ", ""):
            best = max(best, 0.5)
    return min(best, 1.0)
