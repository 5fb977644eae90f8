"""The JSON of opportunities: the contract of `profithunt hunt --json`, and the tables that a run keeps of it."""

from __future__ import annotations

from typing import Final

from profithunt.customers import affinity
from profithunt.opportunities import CUSTOMERS
from profithunt.opportunities.opportunity import COLUMNS
from scripts.reference.markdown import code, document, table

INTRO = """
`profithunt hunt --json` prints a list of opportunities, the best ranked first; `profithunt opportunity ID --json` gives
one of them. The keys below are the contract: none is left out, none is renamed, and what is new goes into `evidence`.
Money is in the shop's currency, without tax, over the next `window_days`. The same detector on the same entity has the
same `id` in every run. [How an opportunity is valued](../explanation/opportunities.md) says what the figures mean.
"""

KEYS: Final = {
    "id": "twelve hexadecimal digits; the beginning is enough where no other shares it",
    "detector": "number of the [detector](detectors.md) in the catalogue; from 1001 a retailer's own",
    "code": "its code, `SKU22`",
    "level": "what the entity is: customer, sku, keyword, lane …",
    "entity": 'what was found, name → id: `{"sku": "1029743"}`',
    "value": "money, the middle of its distribution (P50)",
    "p10": "money: 1 in 10 chance of less",
    "p90": "money: 1 in 10 chance of more",
    "confidence": "0–1: that there is a gap, less what is assumed or not to be believed yet",
    "window_days": "days ahead that the money is for",
    "rank": "place in the list, 1 first: by value × confidence ÷ effort",
    "action": "the prescribed action",
    "reversible": "type 2 (true) or type 1 (false)",
    "owner": "the team that acts",
    "shared_with": "opportunities that claim the same money: `[{id, value}]`, the twenty largest",
    "evidence": "what it rests on, below",
}

EVIDENCE: Final = {
    "name": "name of the detector",
    "counted": "false: shown, never added up",
    "effort": "1 little … 5 much",
    "net_value": "its money without what larger claims on the same rows cover; the total is the sum of these",
    "conflicts": "others that act on the same SKU, customer or keyword: `[{id, code, action, on, executes}]`",
    "executes": "whether it is the one to carry out of those",
    "window": "the days looked at: `{from, to, days}`",
    "sample": "how much was seen",
    "rate": "the rate as believed; left out where a detector adds up facts",
    "rate_as_seen": "the rate as seen",
    "benchmark": "what it is held against",
    "p_value": "probability of a rate at least as bad by chance",
    "direction": "`high` or `low`: on which side of the benchmark the leak is",
    "probability": "that there is a gap",
    "expected_exposure": "exposure to expect over the horizon",
    "unit_value": "money for each unit of gap",
    "still_active": "probability that the entity is still active",
    "still_open": "probability that the leak was not mended by the last days",
    "peers": "name of the group of peers",
    "peer_group": "`{n, p10, p50, p90, everybody, examples}`: how they spread, three of them by name",
    "n_tested": "entities that the detector judged",
    "total": "of a detector that adds up facts: what was added up over the window",
    "assumed_share": "share of the costs that is assumed",
    "facts": "what else the statement gave",
    "orders": "the worst orders behind it: `[{order_id, amount}]`",
    "chart": "`{kind, what, points: [{x, y}]}`; `series` by week (x is its first day), `comparison` with peers",
    "query": "the SELECT of its rows; `profithunt sql ID --run` runs it",
    "assumptions": "thresholds and settings that it rests on: `[{what, value}]`",
    "valuation": "`{in_words, gap, exposure, unit_value, p10, p50, p90}`: how the money was worked out",
    "valued_as": "the same in words",
    "known_problems": "what may mislead",
    "record": "what outcomes say of the detector, where there are any, and the value before",
    "study": "what a study of the same question says: `command`, `says`, its terms, money and range",
}


def page() -> str:
    """The page `opportunities.md`."""
    stored = [[code(name), kind] for name, kind in COLUMNS.items()]
    lists = [CUSTOMERS, *(affinity.models()[name] for name in affinity.TABLES)]
    return document(
        "Opportunities as data",
        "`src/profithunt/opportunities/`",
        INTRO,
        table(["key", "meaning"], ([code(name), text] for name, text in KEYS.items())),
        "## Evidence",
        table(["key", "meaning"], ([code(name), text] for name, text in EVIDENCE.items())),
        "## Tables of a run",
        "The table `opportunities` holds the same, lists and objects as JSON text.",
        table(["column", "type"], stored),
        *(
            f"### {item.name}\n\n{item.what}\n\n"
            + table(["column", "type", "meaning"], ([code(c.name), c.type, c.meaning] for c in item.columns))
            for item in lists
        ),
    )
