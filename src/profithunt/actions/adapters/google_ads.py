"""Files for Google Ads Editor: pause or enable keywords, change bids, add negative keywords.

The columns are those that Google Ads Editor knows by their English headings; a column that is not there is not changed.
Where a keyword stands (campaign, ad group, match type) and what its bid was come from an export of the account, or from
the action's parameters. A negative keyword that is taken back is written with the status *Removed*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from profithunt.actions.adapters.base import FileAdapter
from profithunt.actions.adapters.exports import Export, amount, moved, read_export, table
from profithunt.actions.adapters.prescribed import change_of, told
from profithunt.actions.adapters.protocol import Action, Change, Context
from profithunt.actions.adapters.settings import GoogleAds
from profithunt.errors import UsageError

Json = Any
COLUMNS: Final[Mapping[str, str]] = {
    "campaign": "Campaign",
    "ad_group": "Ad Group",
    "keyword": "Keyword",
    "match_type": "Criterion Type",
    "status": "Status",
    "max_cpc": "Max CPC",
}
KEYS: Final = ("campaign", "ad_group", "keyword", "match_type")
CHANGES: Final = ("pause", "enable", "bid", "negative_keyword")
_MATCHES: Final = ("Broad", "Phrase", "Exact")
_NEEDS: Final = ("Campaign", "Ad Group", "Keyword")


class GoogleAdsFile(FileAdapter):
    """The adapter `google_ads`."""

    name: ClassVar[str] = "google_ads"
    own = GoogleAds
    settings: GoogleAds

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """A change of status or bid for each place of a keyword, or one new negative keyword for each term."""
        kind = change_of(action, CHANGES)
        export = read_export(context.folder, self.settings.export, _NEEDS) if self.settings.export else None
        words = _words(action)
        if kind == "negative_keyword":
            return [self._negative(action, word, export) for word in words]
        return [change for word in words for change in self._changed(action, kind, word, export)]

    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """One file, with the columns that name a keyword and those that change."""
        moving = [name for name in ("status", "max_cpc") if any(name in _values(change) for change in changes)]
        heading = [COLUMNS[name] for name in (*KEYS, *moving)]
        rows = []
        for change in changes:
            values = dict(change.after) if change.after else {"status": "Removed"}
            rows.append([*(change.entity.get(key, "") for key in KEYS), *(values.get(name, "") for name in moving)])
        return [table(heading, rows)]

    def _changed(self, action: Action, kind: str, word: str, export: Export | None) -> list[Change]:
        found = []
        for place in self._places(action, word, export):
            entity = {key: place[key] for key in KEYS}
            if kind == "bid":
                before = place.get("max_cpc") or told(action).get("former_bid")
                if not before:
                    raise UsageError(
                        f"the bid of '{word}' is not known, so it could not be put back",
                        do="set adapters.google_ads.export, or say former_bid",
                    )
                former = amount(before, "the former bid", self.settings.decimals)
                found.append(Change("bid", entity, {"max_cpc": former}, {"max_cpc": self._bid(action, former)}))
            else:
                after = "Paused" if kind == "pause" else "Enabled"
                former = place.get("status") or str(
                    told(action).get("former_status", "Enabled" if kind == "pause" else "Paused")
                )
                found.append(Change("status", entity, {"status": former.capitalize()}, {"status": after}))
        return found

    def _bid(self, action: Action, former: str) -> str:
        if "bid" in told(action):
            return amount(told(action)["bid"], "the bid", self.settings.decimals)
        if "bid_change" in told(action):
            return moved(former, told(action)["bid_change"], "bid_change", self.settings.decimals)
        raise UsageError("the new bid is missing", expected="bid = 0.45, or bid_change = -0.2")

    def _negative(self, action: Action, word: str, export: Export | None) -> Change:
        place = {"campaign": _said(action, "campaign"), "ad_group": _said(action, "ad_group")}
        if not place["campaign"] and export is not None and (known := _only(export, "campaign")):
            place["campaign"] = known
        if not place["campaign"]:
            raise UsageError(f"the campaign that '{word}' is to be kept out of is missing", expected="campaign")
        match = _match(action, self.settings.match_type)
        kind = f"Negative {match}" if place["ad_group"] else f"Campaign Negative {match}"
        return Change("negative_keyword", {**place, "keyword": word, "match_type": kind}, {}, {"status": "Enabled"})

    def _places(self, action: Action, word: str, export: Export | None) -> list[dict[str, str]]:
        """Where a keyword stands: every place of the export, narrowed by what the action says; else what it says."""
        wanted = {key: _said(action, key) for key in ("campaign", "ad_group")}
        if export is not None:
            places = [_place(row, self.settings.match_type) for row in export.where("keyword", word)]
            chosen = [
                place
                for place in places
                if "negative" not in place["match_type"].casefold()
                and all(not said or place[key].casefold() == said.casefold() for key, said in wanted.items())
            ]
            if not chosen:
                raise UsageError(f"the keyword '{word}' is not in the export", where=export.name, do="export it again")
            return chosen
        if not all(wanted.values()):
            raise UsageError(
                f"where the keyword '{word}' stands is not known",
                expected="campaign and ad_group",
                do="set adapters.google_ads.export to an export of Google Ads Editor",
            )
        return [{**wanted, "keyword": word, "match_type": _match(action, self.settings.match_type)}]


def _place(row: Mapping[str, str], match_type: str) -> dict[str, str]:
    match = row.get("criteriontype") or row.get("matchtype") or row.get("type") or match_type
    return {
        "campaign": row.get("campaign", ""),
        "ad_group": row.get("adgroup", ""),
        "keyword": row.get("keyword", ""),
        "match_type": match,
        "status": row.get("status") or row.get("keywordstatus") or "",
        "max_cpc": row.get("maxcpc", ""),
    }


def _only(export: Export, column: str) -> str:
    """The one value that a column of an export has, or nothing."""
    values = {row.get(column, "") for row in export.rows} - {""}
    return next(iter(values)) if len(values) == 1 else ""


def _words(action: Action) -> list[str]:
    listed = told(action).get("keywords")
    if listed:
        return list(dict.fromkeys(str(word) for word in listed))
    word = action.entity.get("keyword") or action.entity.get("search_term") or told(action).get("keyword")
    if not word:
        raise UsageError("no keyword is named", expected="keyword, search_term or keywords")
    return [str(word)]


def _match(action: Action, usual: str) -> str:
    match = str(told(action).get("match_type", usual)).capitalize()
    if match not in _MATCHES:
        raise UsageError(f"there is no match type '{match}'", expected=", ".join(_MATCHES))
    return match


def _said(action: Action, key: str) -> str:
    return str(told(action).get(key) or action.entity.get(key) or "")


def _values(change: Change) -> Mapping[str, Json]:
    return change.after or {"status": "Removed"}
