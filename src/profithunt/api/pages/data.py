"""Data: health and freshness of each table, what was set aside, lineage of any number, metrics, what sleeps and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Column, Figure, State, Table
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.shop import Shop
from profithunt.errors import NotFound
from profithunt.ledger.components import COMPONENTS, STEPS
from profithunt.ledger.explain import Story


@dataclass(frozen=True)
class DataPage:
    """How far the figures can be trusted."""

    figures: tuple[Figure, ...]
    tables: Table
    quarantine: Table
    ties: Table
    asleep: tuple[dict[str, str], ...]
    components: tuple[dict[str, Any], ...]
    metrics: Table
    inputs: Table
    stages: tuple[tuple[str, float], ...]
    run: dict[str, str]


@dataclass(frozen=True)
class LineagePage:
    """Where one figure comes from: its meaning, the amounts by slice, rows of the files behind it."""

    name: str
    label: str
    meaning: str
    source: str
    story: Story


@dataclass(frozen=True)
class MetricPage:
    """One metric: what it is, how it went."""

    name: str
    title: str
    what: str
    facts: dict[str, Any]
    chart: Chart
    by: str
    dimensions: tuple[tuple[str, str, bool], ...]
    members: Table | None


def read(shop: Shop, state: State) -> DataPage:
    """The page of a run."""
    info = shop.current.info
    health = info["health"]
    rows = sum(table["rows_read"] for table in health["tables"].values())
    off = [item for item in info["reconciliation"]["slices"] if float(item["difference"])]
    return DataPage(
        figures=(
            Figure("Rows read", rows, "count", fmt.counted(len(info["inputs"]), "file")),
            Figure(
                "Rows set aside",
                health["rows_quarantined"],
                "count",
                f"{fmt.money(health['money_quarantined'], shop.config.shop.currency)} with them",
            ),
            Figure(
                "Cuts that tie out",
                len(info["reconciliation"]["slices"]) - len(off),
                "count",
                f"of {len(info['reconciliation']['slices'])}, to the cent",
            ),
            Figure("Data to", info["as_of"], "date", f"run finished {info['finished_at'][:16].replace('T', ' ')} UTC"),
            Figure("The run took", fmt.duration(sum(info["seconds"].values())), "text", info["engine"]),
        ),
        tables=read_table(shop, state, "data.tables", tables),
        quarantine=read_table(shop, state, "data.quarantine", quarantine),
        ties=read_table(shop, state, "data.ties", ties),
        asleep=tuple(
            {"what": item["title"], "wakes": item["wakes"]} for item in health["capabilities"] if not item["awake"]
        )
        + tuple(
            {"what": item["name"].replace("_", " ").capitalize(), "wakes": item["wakes"]}
            for item in info["hunt"]["sleeping"]
        ),
        components=tuple(
            {
                "name": name,
                "label": item.label,
                "meaning": item.meaning,
                "amount": info["reconciliation"]["components"].get(name),
            }
            for name, item in COMPONENTS.items()
        ),
        metrics=read_table(shop, state, "data.metrics", metrics),
        inputs=read_table(shop, state, "data.inputs", inputs),
        stages=tuple(info["seconds"].items()),
        run={
            "id": info["run_id"],
            "version": info["version"],
            "settings": info["settings_hash"][:16],
            "folder": str(shop.current.folder),
        },
    )


def tables(shop: Shop, state: State) -> Listed:
    """The canonical tables with their health."""
    del state
    columns = (
        Column("name", "Table"),
        Column("rows_kept", "Rows", "count"),
        Column("rows_quarantined", "Set aside", "count"),
        Column("duplicates_removed", "Twice", "count"),
        Column("first", "From", "date"),
        Column("last", "To", "date"),
        Column(
            "freshness_days", "Days old", "count", hint="days between its last row and the day the data is complete to"
        ),
        Column("notes", "Mind"),
    )
    rows = [
        {
            **table,
            "first": table["first_at"],
            "last": table["last_at"],
            "notes": "; ".join(str(note) for note in table["notes"]),
        }
        for table in shop.current.info["health"]["tables"].values()
    ]
    return held(rows, columns, "Tables", sort="-rows_kept")


def quarantine(shop: Shop, state: State) -> Listed:
    """Rows that were set aside, with their reason, file and row."""
    del state
    columns = shop.engine.columns("quarantine") if shop.engine.has("quarantine") else {}
    wanted = {
        "table_name": "Table",
        "table": "Table",
        "file": "File",
        "_file": "File",
        "row": "Row",
        "_row": "Row",
        "reason": "Reason",
        "detail": "What",
        "money": "Money",
        "raw": "As it was",
    }
    shown = tuple(
        Column(name, wanted[name], "count" if name in ("row", "_row") else "money" if name == "money" else "text")
        for name in columns
        if name in wanted
    ) or (Column("reason", "Reason"),)
    sql = shop.table("quarantine").sql if columns else ""
    return Listed(sql, shown, "Rows set aside", empty="Every row was taken.", size=10)


def ties(shop: Shop, state: State) -> Listed:
    """Each way to cut the ledger: all must add up to the same."""
    del state
    columns = (
        Column("dimension", "Cut by"),
        Column("members", "Members", "count"),
        Column("total", "Adds up to", "cents"),
        Column("difference", "Off by", "cents"),
    )
    return held(shop.current.info["reconciliation"]["slices"], columns, "Does it tie out", sort="dimension")


def metrics(shop: Shop, state: State) -> Listed:
    """The dictionary of metrics."""
    del state
    columns = (
        Column("title", "Metric", link="/metrics/{name}", detail="what"),
        Column("kind", "Kind", "chip"),
        Column("unit", "Unit"),
        Column("owner", "Owner"),
        Column("subject", "Subject"),
        Column("wakes", "Sleeps, wakes with"),
    )
    rows = [
        {**item, "wakes": item.get("wakes") or "", "name": item["name"] if item.get("awake", True) else ""}
        for item in shop.metrics().to_json()["metrics"]
    ]
    return held(
        rows,
        columns,
        "Metrics",
        sort="title",
        search=("title", "what", "name"),
        size=15,
        more=("name",),
    )


def inputs(shop: Shop, state: State) -> Listed:
    """The files a run was made from."""
    del state
    columns = (
        Column("path", "File"),
        Column("rows", "Rows", "count"),
        Column("bytes", "Bytes", "count"),
        Column("fingerprint", "SHA-256", "id"),
    )
    rows = [{**item, "fingerprint": item["sha256"][:16]} for item in shop.current.info["inputs"]]
    return held(rows, columns, "Files", sort="path", size=12)


def read_lineage(shop: Shop, state: State) -> LineagePage:
    """Where a component or subtotal comes from. Raises NotFound."""
    name = state.get("component")
    if name not in COMPONENTS and name not in STEPS:
        raise NotFound(f"there is no component {name!r}", do=f"there are: {', '.join([*COMPONENTS, *STEPS])}")
    item = COMPONENTS.get(name)
    return LineagePage(
        name=name,
        label=item.label if item else STEPS[name],
        meaning=item.meaning if item else "A subtotal: the sum of the components before it.",
        source=item.source if item else "",
        story=shop.explain(
            "component", name if item else next(iter(part for part in COMPONENTS if COMPONENTS[part].step == name))
        ),
    )


def read_metric(shop: Shop, state: State) -> MetricPage:
    """One metric. Raises NotFound."""
    name = state.get("metric")
    figures = shop.metric(name)
    metric = figures.metric
    known = shop.metrics().dimensions.get(name, ())
    by = state.get("by")
    return MetricPage(
        name=name,
        title=metric.title,
        what=metric.what,
        facts={
            "kind": metric.kind,
            "unit": metric.unit,
            "owner": metric.owner,
            "better": metric.direction,
            "from": metric.source or metric.metric or "",
            "numerator": metric.numerator or "",
            "denominator": metric.denominator or "",
            "target": metric.target if metric.target is not None else "",
        },
        chart=metric_chart(shop, state),
        by=by,
        dimensions=tuple((one, state.url(by=one), one == by) for one in known),
        members=read_table(shop, state, "metric.members", members) if by else None,
    )


def metric_chart(shop: Shop, state: State) -> Chart:
    """A metric by week, the last year and a half; a week that is not over is pale."""
    name = state.get("metric")
    found = shop.metric(name)
    shown = [
        {
            "label": f"{one.period.start:%d %b %y}",
            "week": one.period.start,
            "value": one.value,
            "complete": not one.n_missing and one.period.end <= dt.date.fromisoformat(shop.current.info["as_of"]),
        }
        for one in found.figures[-78:]
    ]
    unit = found.metric.unit
    last = next((one.value for one in reversed(found.figures[-78:]) if one.value is not None), None)
    finding = (
        f"Last week known: {fmt.measured(last, unit, shop.config.shop.currency)}."
        if last is not None
        else "Nothing is known yet."
    )
    return Chart(
        "metric.weeks",
        f"{found.metric.title} by week",
        finding,
        (
            Column("week", "Week from", "date"),
            Column(
                "value", found.metric.title, "money" if unit == "money" else "share" if unit == "share" else "number"
            ),
        ),
        tuple(shown),
        "columns",
        {"money": unit == "money", "percent": unit == "share"},
        f"Columns by week. {finding}",
        260,
        href=replace(state, path="/charts/metric.weeks").url(metric=name, by=None),
    )


def members(shop: Shop, state: State) -> Listed:
    """A metric by the members of a dimension, how it spreads and the worst of each."""
    name, by = state.get("metric"), state.get("by")
    spread = shop.metric_spread(name, by or None)
    unit = spread.metric.unit
    kind: Any = "money" if unit == "money" else "share" if unit == "share" else "number"
    columns = (
        Column("member", by.replace("_", " ").capitalize() or "Member"),
        Column("n_rows", "Rows", "count"),
        Column("value", spread.metric.title, kind),
        Column("fair", "Held towards the mean", kind),
        Column("p10", "p10", kind),
        Column("p50", "p50", kind),
        Column("p90", "p90", kind),
    )
    rows = [one.to_json() for one in spread.members]
    return held(rows, columns, f"By {by.replace('_', ' ')}", sort="-value", search=("member",), size=20)


TABLES: Final = {
    "data.tables": tables,
    "data.quarantine": quarantine,
    "data.ties": ties,
    "data.metrics": metrics,
    "data.inputs": inputs,
    "metric.members": members,
}
CHARTS: Final = {"metric.weeks": metric_chart}
