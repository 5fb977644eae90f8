"""The pages: what a run found, for people who decide all day. Needs the extra `web`.

How a page is written
---------------------
1. `api/pages/<page>.py` holds the page's data: `read(shop, state) -> <Page>Page`, a frozen dataclass made of
   `Figure`, `Table`, `Chart`, `Choice` (api/pages/parts.py). All queries (api/pages/queries/*.sql) and all
   arithmetic are there. `state` is path and parameters of the link, nothing else may decide what a page shows.
2. Its tables are sources `(shop, state) -> Listed`, its charts `(shop, state) -> Chart`, both in the module's `TABLES`
   and `CHARTS` under `<page>.<name>`. That gives sorting, paging, search, CSV, Parquet, PNG, SVG, data.
3. The module stands in `api/pages/catalogue.py`: `PageSource(name, path, title, read)`. That gives the address and
   its JSON twin (`<path>.json`).
4. `web/templates/<page>.html.j2` extends `layout.html.j2` and gets `page` (the dataclass), `frame`, `state`. Macros for
   panels, figures, tables, charts are in `parts.html.j2`. No arithmetic, no formatting but by filters.
5. What changes something is a POST route of its own in `web/pages/<page>.py`, which calls `api`, then redirects (303)
   to where the form came from.

Pages are kept per run: the same link on the same run is rendered once. A page that shows what people changed
(decisions, comments) says `live=True` in the catalogue and is rendered each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI


def application(folder: str | Path, *, hosts: frozenset[str] | None = None, team: bool = False) -> FastAPI:
    """The application over a shop's folder; the folder may be empty. A team's pages need everyone to sign in."""
    from profithunt.web.app import create

    return create(folder, hosts=hosts, team=team)
