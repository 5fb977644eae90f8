"""Product files for Shopify: prices and tags, nothing else.

Shopify finds a product by its handle and a variant by its option values, wants the title, and empties a column whose
cell is empty. So a file has the keys and the columns that change, all cells filled; changes of different columns go
into different files. Former prices and tags, handles and options come from an export of the shop's products, with its
headings old (*Variant Price*) or new (*Price*). Import it with “overwrite products with matching handles”.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from profithunt.actions.adapters.base import FileAdapter
from profithunt.actions.adapters.exports import Export, amount, moved, read_export, table
from profithunt.actions.adapters.prescribed import change_of, told
from profithunt.actions.adapters.protocol import Action, Change, Context
from profithunt.actions.adapters.settings import Shopify
from profithunt.errors import UsageError

Json = Any
CHANGES: Final = ("price", "tags")
OLD: Final = {
    "handle": "Handle",
    "title": "Title",
    "option1_name": "Option1 Name",
    "option1_value": "Option1 Value",
    "option2_name": "Option2 Name",
    "option2_value": "Option2 Value",
    "option3_name": "Option3 Name",
    "option3_value": "Option3 Value",
    "sku": "Variant SKU",
    "price": "Variant Price",
    "compare_at_price": "Variant Compare At Price",
    "tags": "Tags",
}
NEW: Final = {
    **{key: name.replace(" Name", " name").replace(" Value", " value") for key, name in OLD.items()},
    "handle": "URL handle",
    "sku": "SKU",
    "price": "Price",
    "compare_at_price": "Compare-at price",
}
_OPTIONS: Final = tuple(f"option{number}_{part}" for number in (1, 2, 3) for part in ("name", "value"))
_VARIANT: Final = ("handle", "title", *_OPTIONS, "sku")
_PRODUCT: Final = ("handle", "title")
_PRICES: Final = ("price", "compare_at_price")


class ShopifyFile(FileAdapter):
    """The adapter `shopify`."""

    name: ClassVar[str] = "shopify"
    own = Shopify
    settings: Shopify

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """A change of price for each SKU, of tags for each product."""
        kind = change_of(action, CHANGES)
        export = self._export(context)
        found: dict[tuple[str, ...], Change] = {}
        for sku in _skus(action):
            row = self._row(action, sku, context, export)
            change = self._price(action, sku, row) if kind == "price" else self._tags(action, sku, row)
            found.setdefault(tuple(change.entity.values()), change)
        return [*found.values()]

    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """A file for each set of columns that change."""
        names = self._headings()
        groups: dict[tuple[str, ...], list[Change]] = {}
        for change in changes:
            groups.setdefault(tuple(name for name in OLD if name in change.after), []).append(change)
        texts = []
        for moving, group in groups.items():
            keys = [
                key for key in (_PRODUCT if moving == ("tags",) else _VARIANT) if any(key in c.entity for c in group)
            ]
            rows = [
                [*(change.entity.get(key, "") for key in keys), *(str(change.after[name]) for name in moving)]
                for change in group
            ]
            texts.append(table([names[name] for name in (*keys, *moving)], rows))
        return texts

    def _headings(self) -> Mapping[str, str]:
        export = self._export(self.context)
        return NEW if export is not None and export.has(NEW["handle"]) else OLD

    def _export(self, context: Context) -> Export | None:
        if self.settings.export is None:
            return None
        export = read_export(context.folder, self.settings.export, ("Title",))
        names = NEW if export.has(NEW["handle"]) else OLD
        missing = [names[key] for key in ("handle", "sku", "price", "option1_value") if not export.has(names[key])]
        if missing:
            raise UsageError(f"the export has no column '{missing[0]}'", where=export.name, do="export it again")
        return export

    def _row(self, action: Action, sku: str, context: Context, export: Export | None) -> dict[str, str]:
        """What is known of a SKU: the export's row, its product's title, tags and option names beside it."""
        if export is None:
            return self._told(action, sku, context)
        names = NEW if export.has(NEW["handle"]) else OLD
        rows = export.where(names["sku"], sku)
        if not rows:
            raise UsageError(f"the SKU '{sku}' is not in the export", where=export.name, do="export it again")
        if len(rows) > 1:
            raise UsageError(f"the SKU '{sku}' is {len(rows)} variants in the export", where=export.name)
        row = {key: rows[0].get(_plain(name), "") for key, name in names.items()}
        product = export.where(names["handle"], row["handle"])
        for key in ("title", "tags", "option1_name", "option2_name", "option3_name"):
            row[key] = row[key] or next(
                (item[_plain(names[key])] for item in product if item.get(_plain(names[key]))), ""
            )
        return row

    def _told(self, action: Action, sku: str, context: Context) -> dict[str, str]:
        """What the action and the shop's own tables say, where there is no export."""
        known = context.lookup("products", {"sku": sku}) or {}
        known_by_action = {key: str(told(action)[key]) for key in (*_PRODUCT, *_OPTIONS) if told(action).get(key)}
        row = {"sku": sku, "title": str(known.get("name") or ""), "option1_name": "Title", **known_by_action}
        row.setdefault("option1_value", "Default Title")
        price = told(action).get("former_price", known.get("list_price"))
        row["price"] = "" if price is None else str(price)
        row["tags"] = str(told(action).get("former_tags", ""))
        missing = [key for key in ("handle", "title") if not row.get(key)]
        if missing:
            raise UsageError(
                f"the {missing[0]} of '{sku}' in Shopify is not known",
                do="set adapters.shopify.export to a product export of the shop",
            )
        return row

    def _price(self, action: Action, sku: str, row: Mapping[str, str]) -> Change:
        places = self.settings.decimals
        if not row["price"]:
            raise UsageError(f"the price of '{sku}' is not known, so it could not be put back", expected="former_price")
        before = {"price": amount(row["price"], "the former price", places)}
        after = {"price": self._new_price(action, sku, before["price"])}
        if "compare_at_price" in told(action) and row.get("compare_at_price"):
            before["compare_at_price"] = amount(row["compare_at_price"], "the former compare-at price", places)
            after["compare_at_price"] = amount(told(action)["compare_at_price"], "the compare-at price", places)
        return Change("price", {key: row[key] for key in _VARIANT if row.get(key)}, before, after)

    def _new_price(self, action: Action, sku: str, former: str) -> str:
        places = self.settings.decimals
        prices = told(action).get("prices")
        if isinstance(prices, Mapping) and sku in prices:
            return amount(prices[sku], "the price", places)
        if "price" in told(action):
            return amount(told(action)["price"], "the price", places)
        if "price_change" in told(action):
            return moved(former, told(action)["price_change"], "price_change", places)
        raise UsageError("the new price is missing", expected="price = 19.90, price_change = -0.1 or prices by SKU")

    def _tags(self, action: Action, sku: str, row: Mapping[str, str]) -> Change:
        if self.settings.export is None and "former_tags" not in told(action):
            raise UsageError(
                f"the tags of '{sku}' are not known, and a file of tags replaces them all",
                do="set adapters.shopify.export to a product export of the shop",
            )
        former = [tag.strip() for tag in row["tags"].split(",") if tag.strip()]
        added = [
            str(tag) for tag in told(action).get("tags_add", ()) or [f"profithunt-{action.kind.replace('_', '-')}"]
        ]
        removed = {str(tag).casefold() for tag in told(action).get("tags_remove", ())}
        kept = [tag for tag in former if tag.casefold() not in removed]
        present = {tag.casefold() for tag in kept}
        tags = [*kept, *(tag for tag in added if tag.casefold() not in present)]
        entity = {key: row[key] for key in _PRODUCT}
        # As it stands in the export: the former text comes back as it was, with its own spaces.
        return Change(
            "tags", entity, {"tags": row["tags"]}, {"tags": row["tags"] if tags == former else ", ".join(tags)}
        )


def _skus(action: Action) -> list[str]:
    listed = told(action).get("skus") or ([action.entity["sku"]] if "sku" in action.entity else [])
    if not listed:
        raise UsageError("no SKU is named", expected="sku, or skus")
    return list(dict.fromkeys(str(sku) for sku in listed))


def _plain(column: str) -> str:
    from profithunt.actions.adapters.exports import plain

    return plain(column)
