"""Reading the deck of a weekly business review from YAML; every mistake names file, line and key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from profithunt.errors import ConfigError
from profithunt.metrics.daily import AGGFS, day_of
from profithunt.metrics.deck import (
    COMPARISONS,
    MONTH_NAMES,
    MONTHS,
    OPERATIONS,
    SCALES,
    STYLES,
    UI_TYPES,
    Block,
    Deck,
    Event,
    LineSpec,
    MetricSpec,
    Months,
    Path_,
    RowSpec,
    Setup,
    place,
)
from profithunt.metrics.definition import DIRECTIONS, KINDS, UNITS

_TOP: Final = ("setup", "metrics", "deck", "annotations", "events", "data", "csv_files", "data_sources")
_SETUP: Final = (
    "title", "week_ending", "week_number", "fiscal_year_end_month", "block_starting_number", "tooltip", "currency",
    "date_format", "calendar", "week_starts_on", "db_config_url", "subtitle",
)  # fmt: skip
_METRIC: Final = (
    "column", "aggf", "metric_comparison_method", "filter", "function", "numerator", "denominator", "metric", "by",
    "member", "unit", "direction", "kind", "owner", "target", "title", "note", "scale", "what",
)  # fmt: skip
_CHART: Final = (
    "ui_type", "title", "y_scaling", "x_axis_monthly_display", "metrics", "metric", "note", "notes", "owner", "target",
    "id",
)  # fmt: skip
_LINE: Final = ("line_style", "graph_prior_year_flag", "legend_name")
_TABLE: Final = ("ui_type", "title", "rows", "x_axis_monthly_display", "note", "notes", "id")
_ROW: Final = ("header", "metric", "style", "y_scaling")


def read_deck(path: Path) -> Deck:
    """Read a deck from its file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"can't be read ({reason})", where=str(path), expected="a deck in YAML") from error
    return parse_deck(text, where=str(path), folder=path.parent)


def parse_deck(text: str, *, where: str = "deck.yaml", folder: Path = Path()) -> Deck:
    """A deck from its text. Raises ConfigError that names the line and the key."""
    data, lines = _load(text, where)
    return _Reader(data, lines, where, folder).deck()


def _load(text: str, where: str) -> tuple[Any, dict[Path_, int]]:
    """YAML as plain data, and the line of each key."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = base(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        _mark(node, (), lines, where)
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigError(
            f"is not YAML: {problem}",
            where=f"{where}{line}",
            do="mind the spaces at the beginning of lines, and quotes",
        ) from error
    except ValueError as error:
        raise ConfigError(f"has a value that can't be read: {error}", where=where) from error
    finally:
        loader.dispose()
    return data, lines


def _mark(node: Any, at: Path_, lines: dict[Path_, int], where: str) -> None:
    if node is None:
        return
    lines.setdefault(at, node.start_mark.line + 1)
    if node.tag == "tag:yaml.org,2002:timestamp":
        # Days are read by us: an impossible one is told with its place.
        node.tag = "tag:yaml.org,2002:str"
    if node.id == "mapping":
        for key, value in node.value:
            here = (*at, str(key.value))
            if here in lines:
                raise ConfigError(
                    f"'{key.value}' stands there twice",
                    where=f"{where}, line {key.start_mark.line + 1}",
                    expected="each name once",
                )
            lines[here] = key.start_mark.line + 1
            _mark(value, here, lines, where)
    elif node.id == "sequence":
        for number, item in enumerate(node.value):
            _mark(item, (*at, number), lines, where)


class _Reader:
    """Turns plain data into a deck, and knows the line to blame."""

    def __init__(self, data: Any, lines: Mapping[Path_, int], where: str, folder: Path) -> None:
        self._data = data
        self._lines = lines
        self._where = where
        self._folder = folder

    def deck(self) -> Deck:
        data = self._data
        if not isinstance(data, dict):
            raise self._fail((), "is empty" if data is None else "is no deck", "setup, metrics and deck")
        self._known(data, (), _TOP)
        if not data.get("deck"):
            raise self._fail((), "has no blocks", "deck: with a list of charts, tables, sections or notes")
        if "data_sources" in data:
            self._refuse_databases(data["data_sources"])
        events, event_files = self._events(data)
        return Deck(
            setup=self._setup(data.get("setup") or {}),
            metrics=self._metrics(data.get("metrics") or {}),
            blocks=tuple(self._blocks(data["deck"])),
            events=tuple(events),
            event_files=tuple(event_files),
            data_files=self._data_files(data),
            where=self._where,
            folder=self._folder,
            lines=self._lines,
        )

    # What is checked everywhere

    def _fail(self, at: Path_, what: str, expected: str = "", do: str = "") -> ConfigError:
        return ConfigError(what, where=place(self._where, self._lines, at), expected=expected, do=do)

    def _known(self, data: Mapping[Any, Any], at: Path_, keys: Sequence[str]) -> None:
        for key in data:
            if key not in keys:
                near = get_close_matches(str(key), keys, n=1, cutoff=0.6)
                raise self._fail(
                    (*at, str(key)),
                    f"there is no key '{key}' here",
                    f"one of {', '.join(key for key in keys if key != 'id')}",
                    f"did you mean '{near[0]}'?" if near else "",
                )

    def _mapping(self, value: Any, at: Path_, what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(at, f"is {_shown(value)}", what)
        return value

    def _text(self, value: Any, at: Path_, default: str = "") -> str:
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise self._fail(at, "is a list or a mapping", "text")
        return str(value)

    def _choice(self, value: Any, at: Path_, choices: Sequence[str]) -> str:
        if value not in choices:
            near = get_close_matches(str(value), choices, n=1, cutoff=0.6)
            raise self._fail(
                at, f"is {_shown(value)}", f"one of {', '.join(choices)}", f"did you mean '{near[0]}'?" if near else ""
            )
        return str(value)

    def _number(self, value: Any, at: Path_) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._fail(at, f"is {_shown(value)}", "a number")
        return float(value)

    def _flag(self, value: Any, at: Path_, *, default: bool) -> bool:
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._fail(at, f"is {_shown(value)}", "true or false")
        return value

    # Parts of the deck

    def _setup(self, data: Any) -> Setup:
        at: Path_ = ("setup",)
        given = self._mapping(data, at, "title, week_ending …")
        self._known(given, at, _SETUP)
        week = None
        if given.get("week_ending") is not None:
            try:
                week = day_of(given["week_ending"])
            except ValueError:
                raise self._fail(
                    (*at, "week_ending"), f"is {_shown(given['week_ending'])}", "a day, as 2021-09-25 or 25-SEP-2021"
                ) from None
        calendar = dict(self._mapping(given.get("calendar") or {}, (*at, "calendar"), "kind, anchor …"))
        if given.get("week_starts_on") is not None:
            calendar["week_starts_on"] = given["week_starts_on"]
        if given.get("fiscal_year_end_month") is not None:
            month = str(given["fiscal_year_end_month"]).upper()[:3]
            self._choice(month, (*at, "fiscal_year_end_month"), MONTH_NAMES)
            calendar.setdefault("year_starts_in", (MONTH_NAMES.index(month) + 1) % 12 + 1)
        number = self._number(given.get("week_number"), (*at, "week_number"))
        first = self._number(given.get("block_starting_number"), (*at, "block_starting_number"))
        return Setup(
            title=self._text(given.get("title"), (*at, "title"), Setup.title),
            subtitle=self._text(given.get("subtitle"), (*at, "subtitle")),
            week_ending=week,
            week_number=None if number is None else int(number),
            first_block=1 if first is None else int(first),
            currency=self._text(given.get("currency"), (*at, "currency")) or None,
            date_format=self._text(given.get("date_format"), (*at, "date_format")) or None,
            calendar=calendar,
        )

    def _metrics(self, data: Any) -> dict[str, MetricSpec]:
        found = {}
        for name, fields in self._mapping(data, ("metrics",), "names with their definitions").items():
            at: Path_ = ("metrics", str(name))
            given = self._mapping(fields, at, "column and aggf, or function, or numerator and denominator")
            self._known(given, at, _METRIC)
            found[str(name)] = self._metric(str(name), given, at)
        return found

    def _metric(self, name: str, given: Mapping[str, Any], at: Path_) -> MetricSpec:
        ways = [key for key in ("column", "filter", "function", "numerator", "metric") if key in given]
        if len(ways) != 1:
            raise self._fail(
                at,
                f"the metric '{name}' says {' and '.join(ways)}" if ways else f"the metric '{name}' says no column",
                "one of column, filter, function, numerator (with denominator), metric",
            )
        extra: dict[str, Any] = {}
        if ways[0] == "function":
            extra = self._function(given["function"], (*at, "function"))
        elif ways[0] == "filter":
            extra = self._filter(given["filter"], (*at, "filter"))
        elif ways[0] == "numerator":
            if given.get("denominator") is None:
                raise self._fail(at, f"the metric '{name}' has a numerator alone", "a denominator beside it")
            extra = {"column": str(given["numerator"]), "denominator": str(given["denominator"])}
        elif ways[0] == "column":
            extra = {"column": str(given["column"])}
        else:
            extra = {"metric": str(given["metric"])}
        if ways[0] in ("column", "filter"):
            if given.get("aggf") is None:
                raise self._fail(at, f"the metric '{name}' has no aggf", f"one of {', '.join(AGGFS)}")
            extra["aggf"] = self._choice(given["aggf"], (*at, "aggf"), AGGFS)
        how = None
        if given.get("metric_comparison_method") is not None:
            method = self._choice(
                given["metric_comparison_method"], (*at, "metric_comparison_method"), tuple(COMPARISONS)
            )
            how = COMPARISONS[method]
        for key, choices in (("unit", UNITS), ("direction", DIRECTIONS), ("kind", KINDS)):
            if given.get(key) is not None:
                extra[key] = self._choice(given[key], (*at, key), choices)
        texts: dict[str, Any] = {
            key: self._text(given[key], (*at, key)) for key in ("by", "member", "owner", "title", "note", "what")
            if given.get(key) is not None
        }  # fmt: skip
        scale = self._number(given.get("scale"), (*at, "scale"))
        return MetricSpec(
            name=name,
            at=at,
            how=how,  # type: ignore[arg-type]
            target=self._number(given.get("target"), (*at, "target")),
            scale=1.0 if scale is None else scale,
            **extra,
            **texts,
        )

    def _function(self, data: Any, at: Path_) -> dict[str, Any]:
        given = self._mapping(data, at, "one of sum, difference, divide, product")
        if len(given) != 1:
            raise self._fail(at, f"has {len(given)} operations", "one of sum, difference, divide, product")
        operation, parts = next(iter(given.items()))
        self._choice(operation, (*at, str(operation)), OPERATIONS)
        here: Path_ = (*at, str(operation))
        if not isinstance(parts, list) or len(parts) < 2:
            raise self._fail(here, "takes at least two metrics", "a list of - metric: {name: …}")
        names = []
        for number, part in enumerate(parts):
            inner = part.get("metric", part.get("column")) if isinstance(part, dict) else part
            name = inner.get("name") if isinstance(inner, dict) else inner
            if not isinstance(name, str):
                raise self._fail((*here, number), f"is {_shown(part)}", "the name of a metric")
            names.append(name)
        return {"operation": operation, "parts": tuple(names)}

    def _filter(self, data: Any, at: Path_) -> dict[str, Any]:
        given = self._mapping(data, at, "base_column and query")
        self._known(given, at, ("base_column", "baseColumn", "query"))
        column = given.get("base_column", given.get("baseColumn"))
        if column is None or given.get("query") is None:
            raise self._fail(at, "lacks base_column or query", "both")
        return {"column": str(column), "keep": str(given["query"])}

    def _blocks(self, data: Any) -> list[Block]:
        if not isinstance(data, list):
            raise self._fail(("deck",), f"is {_shown(data)}", "a list of blocks, each after a dash")
        return [self._block(item, ("deck", number)) for number, item in enumerate(data)]

    def _block(self, item: Any, at: Path_) -> Block:
        given = self._mapping(item, at, "a block, as chart: NAME or block: {ui_type: …}")
        if "block" in given:
            self._known(given, at, ("block",))
            inner: Path_ = (*at, "block")
            body = self._mapping(given["block"], inner, "ui_type and what belongs to it")
            if "ui_type" not in body:
                raise self._fail(inner, "has no ui_type", f"one of {', '.join(UI_TYPES)}")
            what = UI_TYPES[self._choice(body["ui_type"], (*inner, "ui_type"), tuple(UI_TYPES))]
            return self._of_kind(what, body, inner)
        # A note beside a chart is the chart's.
        kinds = [key for key in given if key in UI_TYPES.values() and key != "note"] or [
            key for key in given if key == "note"
        ]
        if len(kinds) != 1:
            near = get_close_matches(str(next(iter(given), "")), [*UI_TYPES.values(), "block"], n=1, cutoff=0.6)
            raise self._fail(
                at,
                f"there is no block '{next(iter(given), '')}'" if not kinds else f"is {' and '.join(kinds)} in one",
                f"one of {', '.join(UI_TYPES.values())}, block",
                f"did you mean '{near[0]}'?" if near else "",
            )
        what = kinds[0]
        head = given[what]
        rest = {key: value for key, value in given.items() if key != what}
        if isinstance(head, dict):
            body = {**head, **rest}
            return self._of_kind(what, body, (*at, what))
        name = {"chart": "metric", "section": "title", "note": "note", "embed": "source"}.get(what, "rows")
        return self._of_kind(what, {name: head, **rest}, at)

    def _of_kind(self, what: str, body: Mapping[str, Any], at: Path_) -> Block:
        if what == "chart":
            return self._chart(body, at)
        if what in ("weeks_table", "months_table"):
            return self._table(what, body, at)
        if what == "embed":
            self._known(body, at, ("ui_type", "source", "title", "height", "width", "name", "id"))
            source = self._text(body.get("source"), (*at, "source"))
            if not source:
                raise self._fail(at, "has no source", "an address, or an image beside the deck")
            title = self._text(body.get("title", body.get("name")), (*at, "title"))
            return Block(what, at, title, source=source)
        if what == "note":
            self._known(body, at, ("ui_type", "note", "title", "text"))
            text = self._text(body.get("note", body.get("text")), (*at, "note"))
            return Block(what, at, self._text(body.get("title"), (*at, "title")), notes=(text,))
        self._known(body, at, ("ui_type", "title", "name", "id"))
        return Block(what, at, self._text(body.get("title", body.get("name")), (*at, "title")))

    def _chart(self, body: Mapping[str, Any], at: Path_) -> Block:
        self._known(body, at, _CHART)
        lines: list[LineSpec] = []
        metrics = body.get("metrics", body.get("metric"))
        if isinstance(metrics, str):
            metrics = [metrics]
        here: Path_ = (*at, "metrics" if "metrics" in body else "metric")
        if isinstance(metrics, list):
            lines = [
                LineSpec(self._text(name, (*here, number)), (*here, number), "primary" if not number else "secondary")
                for number, name in enumerate(metrics)
            ]
        elif isinstance(metrics, dict):
            lines = [self._line(str(name), fields, (*here, str(name))) for name, fields in metrics.items()]
        if not lines:
            raise self._fail(at, "the chart has no metrics", "metrics: with at least one name")
        return Block(
            "chart",
            at,
            title=self._text(body.get("title"), (*at, "title")),
            y_scaling=self._scaling(body.get("y_scaling"), (*at, "y_scaling")),
            months=self._months(body, at),
            lines=tuple(lines),
            notes=self._notes(body, at),
            owner=self._text(body.get("owner"), (*at, "owner")) or None,
            target=self._number(body.get("target"), (*at, "target")),
        )

    def _line(self, name: str, fields: Any, at: Path_) -> LineSpec:
        given = self._mapping(fields or {}, at, "line_style, graph_prior_year_flag, legend_name")
        self._known(given, at, _LINE)
        style = self._choice(given.get("line_style", "primary"), (*at, "line_style"), STYLES)
        flag = self._flag(given.get("graph_prior_year_flag"), (*at, "graph_prior_year_flag"), default=style != "target")
        legend = self._text(given.get("legend_name"), (*at, "legend_name")) or None
        return LineSpec(name, at, style, flag, legend)  # type: ignore[arg-type]

    def _table(self, what: str, body: Mapping[str, Any], at: Path_) -> Block:
        self._known(body, at, _TABLE)
        rows = body.get("rows")
        if not isinstance(rows, list) or not rows:
            raise self._fail((*at, "rows"), "the table has no rows", "a list of metrics")
        return Block(
            what,
            at,
            title=self._text(body.get("title"), (*at, "title")),
            months=self._months(body, at),
            rows=tuple(self._row(row, (*at, "rows", number)) for number, row in enumerate(rows)),
            notes=self._notes(body, at),
        )

    def _row(self, item: Any, at: Path_) -> RowSpec:
        if isinstance(item, str):
            return RowSpec(header="", at=at, metric=item)
        given = self._mapping(item, at, "header, metric, y_scaling")
        if "row" in given:
            self._known(given, at, ("row",))
            at = (*at, "row")
            given = self._mapping(given["row"] or {}, at, "header, metric, y_scaling")
        self._known(given, at, _ROW)
        metric = given.get("metric")
        return RowSpec(
            header=self._text(given.get("header"), (*at, "header")),
            at=at,
            metric=None if metric is None else str(metric),
            style=self._text(given.get("style"), (*at, "style")),
            y_scaling=self._scaling(given.get("y_scaling"), (*at, "y_scaling")),
        )

    def _months(self, body: Mapping[str, Any], at: Path_) -> Months:
        value = body.get("x_axis_monthly_display") or "trailing_twelve_months"
        return self._choice(value, (*at, "x_axis_monthly_display"), MONTHS)  # type: ignore[return-value]

    def _notes(self, body: Mapping[str, Any], at: Path_) -> tuple[str, ...]:
        given = body.get("notes", body.get("note"))
        if given is None:
            return ()
        if isinstance(given, list):
            return tuple(self._text(item, (*at, "notes", number)) for number, item in enumerate(given))
        return (self._text(given, (*at, "note")),)

    def _scaling(self, value: Any, at: Path_) -> str | None:
        if value is None:
            return None
        text = str(value)
        bare = text.removeprefix("##")
        digits = bare[1:2] if bare.startswith(".") else ""
        unit = bare[2:] if digits else bare
        if not text.startswith("##") or (digits and not digits.isdigit()) or unit not in ("", *SCALES):
            raise self._fail(
                at, f"is {_shown(value)}", "## with decimals and a unit, as ##.2MM, ##.1%, ##KK, ##BB, ##bps"
            )
        return text

    # Data and events

    def _data_files(self, data: Mapping[str, Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        sources = data.get("data_sources")
        nested = sources.get("csv_files") if isinstance(sources, dict) else None
        for key, given in (("data", data.get("data")), ("csv_files", data.get("csv_files")), ("csv_files", nested)):
            if given is None:
                continue
            if isinstance(given, (str, list)):
                listed = [given] if isinstance(given, str) else given
                found |= {Path(str(item)).stem: str(item) for item in listed}
                continue
            for name, item in self._mapping(given, (key,), "names with their files").items():
                path = item.get("url_or_path") if isinstance(item, dict) else item
                if not isinstance(path, str):
                    raise self._fail((key, str(name)), f"is {_shown(item)}", "url_or_path: with a file")
                if "://" in path:
                    raise self._fail(
                        (key, str(name)), "is an address", "a file on this machine",
                        "nothing is fetched from the network; save it beside the deck",
                    )  # fmt: skip
                found[str(name)] = path
        return found

    def _refuse_databases(self, given: Any) -> None:
        names = [name for name in given if name != "csv_files"] if isinstance(given, dict) else ["data_sources"]
        if names:
            raise self._fail(
                ("data_sources", str(names[0])),
                f"'{names[0]}' is a database, which a deck does not read",
                "csv_files, --csv, or a shop",
                "give the query's result as CSV, or make it a source of a shop: docs/how-to/own-data.md",
            )

    def _events(self, data: Mapping[str, Any]) -> tuple[list[Event], list[str]]:
        events: list[Event] = []
        paths: list[str] = []
        for key in ("annotations", "events"):
            given = data.get(key)
            if given is None:
                continue
            items = given if isinstance(given, list) else [given]
            for number, item in enumerate(items):
                at: Path_ = (key, number)
                if isinstance(item, str):
                    if "://" in item:
                        raise self._fail(at, "is an address", "a file on this machine")
                    paths.append(item)
                else:
                    events.append(self._event(self._mapping(item, at, "date, title"), at))
        return events, paths

    def _event(self, given: Mapping[str, Any], at: Path_) -> Event:
        self._known(given, at, ("date", "from", "to", "title", "note", "metric"))
        days = []
        for key in ("date", "from", "to"):
            if given.get(key) is not None:
                try:
                    days.append(day_of(given[key]))
                except ValueError:
                    raise self._fail((*at, key), f"is {_shown(given[key])}", "a day, as 2021-09-25") from None
        if not days or not given.get("title"):
            raise self._fail(at, "lacks a date or a title", "date (or from and to), and title")
        metric = given.get("metric")
        return Event(
            days[0],
            days[1] if len(days) > 1 else None,
            str(given["title"]),
            self._text(given.get("note"), (*at, "note")),
            None if metric is None else str(metric),
        )


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
