"""What of a source may be kept: nothing that a customer wrote goes into a run before personal data is masked in it.

Every row of a canonical table passes `Privacy.rows` on its way to disk, so that whatever reads a run (pages, exports,
the command line, agents, notebooks) can't show what isn't there:

- free text (`free_text` of the schema, and what a source has beyond the schema in such a table) is masked;
- names and e-mail addresses of customers are kept as keyed hashes of their words, phones, streets and the like as one
  hash: the run finds a customer's name in what the customer wrote, and can't say it;
- a customer who was erased is a pseudonym, without words and without `personal` columns.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.engine import AnyEngine
from profithunt.engine.masking import masked
from profithunt.schema import Table
from profithunt.sources.erased import MARK, Erased
from profithunt.sources.templates import call, column, fill, named, text

KEY: Final = ".profithunt/names.key"
SAID_BY_CUSTOMERS: Final = ("contacts", "reviews", "returns")
"""Tables in which customers speak: their own names are looked for in what they say."""
_NAMES: Final = re.compile(
    r"(.*_)?(e_?mails?(_address)?|mail_?address|(first|last|full|given|family|sur|middle|customer|contact|user|buyer|client"
    r"|member|recipient|guest|billing|shipping|vor|nach|voor|achter|kunden)_?names?|prenom|sobrenome|apellidos?|cognome)"
    r"|(name|nom|nombre|nome|naam)"
)
_OTHER: Final = re.compile(
    r"(.*_)?((tele)?phone(_number)?|mobile(_number)?|tel|telefono?|telefone|telefoon|handy(nummer)?|fax|street(_address)?"
    r"|strasse|address(_line)?(_?[123])?|adresse|direccion|morada|indirizzo|adres|iban|card_number|birth_?(day|date)"
    r"|date_of_birth|geburtsdatum|ip(_address)?)"
)
_NOTES: Final = re.compile(
    r"(.*_)?(notes?|comments?|remarks?|messages?|memo|instructions?|text|body|verbatim|feedback|bemerkung(en)?|notiz(en)?"
    r"|kommentare?|commentaires?|comentarios?|comentários?|commenti|opmerking(en)?)"
)
_ABOUT_PEOPLE: Final = ("customers", "orders", "contacts", "reviews", "returns", "shipments", "touches", "sessions")
_PARTICLES: Final = (
    *("de", "da", "do", "di", "du", "la", "le", "el", "van", "von", "der", "den", "dem", "zu", "zur", "ten", "ter"),
    *("del", "della", "dos", "das", "des", "los", "las", "and", "und", "et", "mr", "mrs", "ms", "dr", "info", "mail"),
)
_RECORDED: Final = (
    r'("[^"]*(?i:name|mail|phone|mobile|telefon|tel|street|stra(?:ss|ß)e|address|adresse|iban|nombre|apellido'
    r'|cognome|naam|birth)[^"]*":)"(?:[^"\\]|\\.)*"'
)
_SENTENCES: Final = r':"(?:[^"\\]|\\.)*[\p{L}][.,!?]? [\p{L}](?:[^"\\]|\\.)*"'


@dataclass
class Privacy:
    """What one build of a shop's tables keeps of people; `folder` is the shop's."""

    folder: Path
    engine: AnyEngine
    erased: Erased = field(init=False)
    _key: str = ""

    def __post_init__(self) -> None:
        self.erased = Erased.read(self.folder)

    @property
    def dialect(self) -> str:
        """The dialect that statements are written for."""
        return self.engine.dialect

    def rows(self, query: exp.Select, canonical: Table, names: Sequence[str]) -> exp.Select:
        """The rows of a canonical table as they may be kept: `query` gives `names` and columns that stay as they are.

        Reads the tables that were built before as `_built_<table>`.
        """
        free, hidden = free_text(canonical, names), identifiers(canonical, names)
        personal = {name for name in names if name in canonical.columns and canonical.columns[name].personal}
        erases = bool(self.erased.hashes) and bool({"customer_id", *free, *hidden, *personal} & set(names))
        if not free and not hidden and not erases:
            return query
        by_order = "order_id" in names and canonical.name != "orders" and self.engine.has("_built_orders")
        known = self._known_names() if canonical.name in SAID_BY_CUSTOMERS else []
        owners: list[exp.Expr] = [_of("r", "customer_id")] if "customer_id" in names else []
        owners += [_of("o", "_owner")] if by_order and (erases or known) else []
        cells = _Cells(self, canonical, free, hidden, personal, erases, owners, bool(known and owners))
        rest = [item.alias_or_name for item in query.selects if item.alias_or_name not in set(names)]
        kept = [*(named(cells.cell(name), name) for name in names), *(named(_of("r", name), name) for name in rest)]
        # One step after the other, so that each is written and worked out once for each column.
        step = _changed(query, [*names, *rest], {name: masked(column(name), self.dialect) for name in free})
        shaped = exp.select(*kept).from_(step.subquery("r", copy=False))
        if by_order and (erases or known):
            orders = exp.select(named(column("order_id"), "_order"), named(column("customer_id"), "_owner"))
            on = exp.EQ(this=_of("o", "_order"), expression=_of("r", "order_id"))
            shaped = shaped.join(orders.from_("_built_orders").subquery("o"), on=on, join_type="left")
        if known and owners:
            words = call("concat_ws", text(" "), *(column(name) for name in known))
            people = exp.select(named(column("customer_id"), "_customer"), named(words, "_known"))
            on = exp.EQ(this=_of("k", "_customer"), expression=_first(owners))
            shaped = shaped.join(people.from_("_built_customers").subquery("k"), on=on, join_type="left")
            shaped = shaped.select(named(_of("k", "_known"), "_known"))
            # Again, since two names in a row share the space between them.
            again = {name: self.without_names(column(name), column("_known")) for name in free}
            return _changed(shaped, [*names, *rest], again)
        return shaped

    def aside(self, query: exp.Select) -> exp.Select:
        """Rows that were set aside of a lake, whose `value` is all that they say, masked."""
        names = [item.alias_or_name for item in query.selects]
        value = masked(column("value"), self.dialect)
        kept = [named(value, name) if name == "value" else column(name) for name in names]
        return exp.select(*kept).from_(query.subquery("aside", copy=False))

    def quarantined(self, name: str) -> exp.Expr:
        """`value` or `record` of a row that was set aside, masked; of an erased customer nothing."""
        said = masked(column(name), self.dialect)
        if name == "value":
            is_key = exp.Coalesce(
                this=call("regexp_matches", column("column"), text("_id|sku|line_no")), expressions=[exp.false()]
            )
            said = exp.Case().when(is_key, column(name)).else_(said)
        else:
            about = exp.In(this=column("table"), expressions=[text(item) for item in _ABOUT_PEOPLE])
            hidden = call("regexp_replace", said, text(_RECORDED), text('\\1"[masked]"'), text("g"))
            spoken = exp.In(
                this=column("table"), expressions=[text(item) for item in (*SAID_BY_CUSTOMERS, "customers")]
            )
            wordless = call("regexp_replace", hidden, text(_SENTENCES), text(':"[text]"'), text("g"))
            said = exp.Case().when(spoken, wordless).when(about, hidden).else_(said.copy())
        if not self.erased.hashes:
            return said
        hashes = exp.Array(expressions=[text(item) for item in sorted(self.erased.hashes)])
        given = {"record": column("record"), "given": column("value"), "salt": text(self.erased.salt)}
        return fill("without_erased", value=said, hashes=hashes, **given)

    def key(self) -> str:
        """The key of this shop's hashes of names: random, kept below the shop where there is one."""
        if not self._key:
            path = self.folder / KEY
            try:
                self._key = path.read_text("utf-8").strip()
            except FileNotFoundError:
                self._key = secrets.token_hex(16)
                if self.folder.is_dir():
                    path.parent.mkdir(exist_ok=True)
                    path.touch(mode=0o600)
                    path.write_text(self._key + "\n", "utf-8")
        return self._key

    def without_names(self, value: exp.Expr, known: exp.Expr) -> exp.Expr:
        """A text without the customer's own names, as far as their hashes are known."""
        return fill("without_names", value=value, known=known, key=text(self.key()))

    def hashed(self, value: exp.Expr, *, is_name: bool) -> exp.Expr:
        """A name as the hashes of its words, anything else as one hash; null stays null."""
        if is_name and self.dialect == "duckdb":
            particles = exp.Array(expressions=[text(item) for item in _PARTICLES])
            words = fill("hashed_words", value=value, key=text(self.key()), particles=particles)
            return exp.func("NULLIF", words, text(""))
        whole = exp.MD5(this=call("concat", text(self.key()), exp.Lower(this=value.copy())))
        short = exp.Substring(this=whole, start=exp.Literal.number(1), length=exp.Literal.number(12))
        return exp.Case().when(exp.Is(this=value.copy(), expression=exp.null()).not_(), short)

    def _known_names(self) -> list[str]:
        """Columns of the customers that hold names; none on engines that can't look for them."""
        if self.dialect != "duckdb" or not self.engine.has("_built_customers"):
            return []
        return [name for name in self.engine.columns("_built_customers") if is_name(name)]


@dataclass(frozen=True)
class _Cells:
    """How each column of one table is kept."""

    privacy: Privacy
    canonical: Table
    free: frozenset[str]
    hidden: frozenset[str]
    personal: set[str]
    erases: bool
    owners: Sequence[exp.Expr]
    has_names: bool

    def cell(self, name: str) -> exp.Expr:
        value = self._masked(name)
        if not self.erases or not self.owners:
            return value
        erased, dialect = self.privacy.erased, self.privacy.dialect
        gone = self._gone()
        if name == "customer_id" or (name in self.personal and name.endswith("_id")):
            own = _of("r", name)
            return exp.Case().when(gone, erased.pseudonym(own, dialect)).else_(value)
        if name in self.free or name in self.hidden or name in self.personal:
            return exp.Case().when(exp.not_(gone), value)
        return value

    def _masked(self, name: str) -> exp.Expr:
        value: exp.Expr = _of("r", name)
        if name in self.hidden:
            return self.privacy.hashed(value, is_name=is_name(name))
        if name not in self.free or not self.has_names:
            return value
        return self.privacy.without_names(value, _of("k", "_known"))

    def _gone(self) -> exp.Expr:
        """Whether a row is of an erased customer, by its own customer or by that of its order."""
        tests: list[exp.Expr] = []
        for owner in self.owners:
            marked = exp.StartsWith(this=owner.copy(), expression=text(MARK))
            tests.append(exp.Coalesce(this=exp.paren(marked), expressions=[exp.false()]))
            if owner.args["table"].name == "r":
                tests.append(self.privacy.erased.is_erased(owner, self.privacy.dialect))
        return exp.paren(exp.or_(*tests))


def free_text(canonical: Table, names: Sequence[str]) -> frozenset[str]:
    """Columns in which people write what they like: those that the schema calls so, and a source's own beside them."""
    said = {name for name, item in canonical.columns.items() if item.free_text}
    own = {name for name in names if name not in canonical.columns and not is_identifier(name)}
    noted = own if canonical.name in SAID_BY_CUSTOMERS else {name for name in own if is_note(name)}
    return frozenset((said & set(names)) | noted)


def identifiers(canonical: Table, names: Sequence[str]) -> frozenset[str]:
    """Columns of a source's own that name or reach a person, in tables about people."""
    if canonical.name not in _ABOUT_PEOPLE:
        return frozenset()
    return frozenset(name for name in names if name not in canonical.columns and is_identifier(name))


def is_name(name: str) -> bool:
    """Whether a column is called as one that holds a person's name or e-mail address."""
    return bool(_NAMES.fullmatch(name.lower().removeprefix("extra_")))


def is_note(name: str) -> bool:
    """Whether a column is called as one in which people write what they like."""
    return bool(_NOTES.fullmatch(name.lower().removeprefix("extra_")))


def is_identifier(name: str) -> bool:
    """Whether a column is called as one that names or reaches a person."""
    return is_name(name) or bool(_OTHER.fullmatch(name.lower().removeprefix("extra_")))


def _changed(query: exp.Select, names: Sequence[str], changes: Mapping[str, exp.Expr]) -> exp.Select:
    """The rows of a query with some of its columns changed."""
    kept = [named(changes.get(name, column(name)), name) for name in names]
    return exp.select(*kept).from_(query.subquery("step", copy=False))


def _of(alias: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=alias)


def _first(values: Sequence[exp.Expr]) -> exp.Expr:
    return values[0].copy() if len(values) == 1 else exp.Coalesce(this=values[0].copy(), expressions=[values[1].copy()])
