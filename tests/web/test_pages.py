"""Pages as answers: every address, its JSON twin, tables and charts as files, what is refused, mistakes."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
from pathlib import Path

import httpx
import pytest

from profithunt import Shop
from profithunt.api.pages import catalogue
from profithunt.api.pages.reader import Readers
from profithunt.errors import NotFound
from tests.web.shops import PAGES

MOST_BYTES = 120_000


@pytest.fixture(scope="session")
def client(address):
    with httpx.Client(base_url=address, timeout=60) as made:
        yield made


def some(shop_with_run: Path) -> dict[str, str]:
    with Shop.open(shop_with_run) as shop:
        engine = shop.engine
        return {
            "order_id": engine.value("SELECT order_id FROM order_profit WHERE customer_id IS NOT NULL LIMIT 1"),
            "customer_id": engine.value("SELECT customer_id FROM customer_profit WHERE n_orders > 1 LIMIT 1"),
            "sku": engine.value("SELECT sku FROM sku_profit ORDER BY units DESC LIMIT 1"),
            "component": "carriage",
            "metric": "orders",
            "opportunity_id": shop.hunt().opportunities[0].id,
            "document_id": shop.documents.new("six_pager", "Free delivery").id,
            "session_id": shop.listening.session(2).id,
            "about": "thresholds",
            "subject": "cannot_make_a_profit",
        }


@pytest.fixture(scope="session")
def paths(shop_with_run) -> list[str]:
    """One address of every page in the catalogue."""
    known = some(shop_with_run)
    return [re.sub(r"{(\w+)(:path)?}", lambda found: known[found[1]], source.path) for source in catalogue.PAGES]


def test_every_page_answers_within_its_budget_of_bytes(client, paths):
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) <= MOST_BYTES, (path, len(answer.content))
        assert "<h1>" in answer.text, path


def test_every_page_has_a_json_twin_of_the_same_run(client, paths):
    for path in paths:
        answer = client.get("/today.json" if path == "/" else f"{path}.json")
        assert answer.status_code == 200, path
        assert answer.json()["run_id"] == client.get("/profit").headers["x-run"]


def test_the_twin_holds_what_the_ledger_holds(client, shop_with_run):
    figures = client.get("/profit.json").json()["page"]["figures"]
    with Shop.open(shop_with_run) as shop:
        total = shop.reconcile().total
    assert next(item["value"] for item in figures if item["label"] == "Contribution profit") == f"{total:f}"


def test_links_of_every_page_lead_somewhere(client):
    seen: set[str] = set()
    for page in PAGES:
        for href in re.findall(r'href="(/[^"#]*)', client.get(page).text):
            seen.add(href.replace("&amp;", "&"))
    chosen = sorted({re.sub(r"[\w.-]+$|=[^&]*", "", href): href for href in seen}.values())
    for href in chosen[:120]:
        assert client.get(href).status_code == 200, href


def test_a_table_sorts_pages_and_searches_on_the_server_and_the_link_says_so(client):
    first = client.get("/products.json?sort.products.all=cm3").json()["page"]["skus"]
    amounts = [float(row["cm3"]) for row in first["rows"]]
    assert amounts == sorted(amounts)
    second = client.get("/products.json?sort.products.all=cm3&page.products.all=2").json()["page"]["skus"]
    assert float(second["rows"][0]["cm3"]) >= amounts[-1]
    sku = first["rows"][3]["sku"]
    found = client.get(f"/products.json?q.products.all={sku.lower()}").json()["page"]["skus"]
    assert [row["sku"] for row in found["rows"]] == [sku]


def test_every_table_exports_all_of_its_rows_as_csv_and_parquet(client, shop_with_run):
    for name in catalogue.TABLES:
        if name.startswith(("sku.", "metric.", "profit.orders")):
            continue
        answer = client.get(f"/tables/{name}.csv")
        assert answer.status_code == 200, name
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert rows[0], name
        assert client.get(f"/tables/{name}.parquet").content[:4] == b"PAR1", name
    with Shop.open(shop_with_run) as shop:
        n = len(shop.skus)
    assert len(list(csv.reader(io.StringIO(client.get("/tables/products.all.csv").text)))) == n + 1


def test_every_chart_is_a_specification_with_its_data_and_a_picture(client, shop_with_run):
    known = some(shop_with_run)
    for name in catalogue.CHARTS:
        params = {**known, "metric": "orders"}
        for theme, narrow in (("light", "0"), ("dark", "1")):
            answer = client.get(f"/charts/{name}.json", params={**params, "theme": theme, "narrow": narrow})
            assert answer.status_code == 200, (name, answer.text[:300])
            spec = answer.json()
            assert spec["$schema"].split("/")[-2:][0] == "vega-lite"
            assert spec["description"]
        assert client.get(f"/charts/{name}.csv", params=params).status_code == 200, name
    for name in ("profit.waterfall", "customers.whale"):
        assert client.get(f"/charts/{name}.svg").text.startswith("<svg")
        assert client.get(f"/charts/{name}.png").content[:4] == b"\x89PNG"


def test_slices_lead_to_orders_and_orders_to_ledger_rows(client):
    slices = client.get("/profit.json?by=category").json()["page"]["slices"]["rows"]
    page = client.get("/profit.json", params={"by": "category", "member": slices[0]["member"]}).json()["page"]
    assert page["figures"][-1]["value"] == slices[0]["cm3"]
    order = page["orders"]["rows"][0]["order_id"]
    story = client.get(f"/orders/{order}.json").json()["page"]["story"]
    assert {"Lines", "Ledger"} <= {section["title"] for section in story["sections"]}


def test_months_of_a_period_add_up_to_the_whole(client):
    months = client.get("/profit.json").json()["page"]
    first, last = months["first_month"], months["last_month"]
    part = client.get("/profit.json", params={"from": first, "to": first}).json()["page"]["figures"][0]["value"]
    rest = [
        float(row["net_sales"])
        for row in client.get("/profit.json?by=month").json()["page"]["slices"]["rows"]
        if row["member"] == first
    ]
    assert float(part) == rest[0]
    assert last > first


def test_search_finds_each_kind(client, shop_with_run):
    known = some(shop_with_run)
    for kind in ("order_id", "customer_id", "sku"):
        text = client.get("/search", params={"q": known[kind]}).text
        assert (
            f'href="/{ {"order_id": "orders", "customer_id": "customers", "sku": "products"}[kind] }/{known[kind]}"'
            in text
        )
    assert "/metrics/orders" in client.get("/search?q=orders").text
    assert "Nothing is called so" in client.get("/search?q=zzzzzz").text
    assert client.get("/search", params={"q": "%_'\""}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/customers/nobody", 404),
        ("/products/none", 404),
        ("/profit?by=moon", 404),
        ("/profit?from=soon", 400),
        ("/products?sort.products.all=nothing", 400),
        ("/tables/none.csv", 404),
        ("/charts/none.json", 404),
    ],
)
def test_a_mistake_is_a_page_that_says_what_to_do(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    if not path.endswith((".csv", ".json")):
        assert "Try again" in answer.text
        assert "content-security-policy" in answer.headers


def test_another_host_or_site_is_refused(client, address):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"host": "127.0.0.1.evil.example"}).status_code == 421
    post = "/opportunities/x/approve"
    assert client.post(post, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(post, headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert client.post(post, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post(post, headers={"origin": address}).status_code == 404


def test_no_answer_allows_inline_scripts_or_eval(client):
    for path in (*PAGES, "/nowhere", "/static/app.js"):
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
    for path in PAGES:
        text = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\son\w+=|\sstyle=|javascript:", text)


def test_static_files_are_kept_for_ever_by_their_hash(client):
    src = re.search(r'src="(/static/app\.js\?v=\w+)"', client.get("/profit").text)
    assert src
    assert "immutable" in client.get(src[1]).headers["cache-control"]


def test_a_page_that_did_not_change_is_not_sent_again(client):
    tag = client.get("/profit").headers["etag"]
    assert client.get("/profit", headers={"if-none-match": tag}).status_code == 304


def test_a_new_run_is_read_without_being_asked_and_the_old_one_until_then(tmp_path, shop_with_run):
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(shop_with_run / "shop.toml", folder)
    readers = Readers(folder)
    with pytest.raises(NotFound):
        readers.read("rows", lambda at: len(at.orders))
    shutil.copytree(shop_with_run / ".profithunt", folder / ".profithunt")
    current = folder / ".profithunt" / "current"
    first = current.read_text().strip()
    assert readers.read("id", lambda at: at.current.run_id) == first
    second = f"{first}9"
    shutil.copytree(folder / ".profithunt" / "runs" / first, folder / ".profithunt" / "runs" / second)
    with readers.using() as on:
        (folder / ".profithunt" / "new").write_text(second)
        (folder / ".profithunt" / "new").replace(current)
        until = time.monotonic() + 20
        while readers.run_id == first and time.monotonic() < until:
            time.sleep(0.05)
        assert readers.run_id == second
        assert on.read("still", lambda at: (at.current.run_id, len(at.orders) > 0)) == (first, True)
    assert readers.read("id", lambda at: at.current.run_id) == second
    readers.close()


def test_the_own_script_is_small():
    import gzip
    from importlib.resources import files

    script = (files("profithunt.web") / "static" / "app.js").read_bytes()
    assert len(gzip.compress(script)) <= 25_000


def test_what_is_vendored_is_what_the_manifest_says(repository):
    from scripts import vendor

    assert vendor.check() == 0
    shipped = {path.name for path in vendor.PAGES.iterdir() if path.suffix in (".js", ".woff2")}
    assert shipped == set(vendor.read_manifest(vendor.PAGES))


def test_decisions_are_kept_and_can_be_taken_back(client):
    page = client.get("/today.json").json()["page"]
    one = page["cards"][0]
    done = client.post(f"/opportunities/{one['id']}/approve", data={"back": "/?owner=x"})
    assert done.status_code == 303
    assert done.headers["location"].startswith("/?owner=x&did=approve")
    assert client.get(f"/opportunities/{one['id']}.json").json()["page"]["card"]["state"] == "approved"
    client.post(f"/opportunities/{one['id']}/withdraw", data={"back": "/"})
    assert client.get(f"/opportunities/{one['id']}.json").json()["page"]["card"]["state"] == "triaged"
    other = [card["id"] for card in page["cards"][1:3]]
    client.post("/opportunities/decide", data={"id": other, "verb": "reject", "reason": "too small", "back": "/"})
    rejected = client.get("/today.json?state=rejected").json()["page"]["cards"]
    assert {card["id"]: card["reason"] for card in rejected if card["id"] in other} == dict.fromkeys(other, "too small")
    client.post(f"/opportunities/{other[0]}/comment", data={"text": "really?", "back": "/"})
    assert json.dumps(client.get(f"/opportunities/{other[0]}.json").json()).count("really?") >= 1
    wrong = client.post(
        f"/opportunities/{one['id']}/explode",
        data={"back": "/"},
        headers={"referer": f"{client.base_url}/?page=2".replace("//?", "/?")},
    )
    assert wrong.status_code == 400
    assert 'href="/?page=2"' in wrong.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(client, back):
    one = client.get("/today.json").json()["page"]["cards"][5]["id"]
    answer = client.post(f"/opportunities/{one}/comment", data={"text": "x", "back": back})
    assert answer.headers["location"].startswith("/?did=comment")


def test_people_and_tokens_are_changed_in_the_settings(client):
    assert client.post("/settings/users", data={"name": "bot", "role": "viewer", "kind": "agent"}).status_code == 303
    page = client.get("/settings.json").json()["page"]
    assert {"name": "bot", "kind": "agent", "role": "viewer"}.items() <= next(
        row for row in page["users"]["rows"] if row["name"] == "bot"
    ).items()
    made = client.post("/settings/tokens", data={"owner": page["me"], "label": "robot", "scopes": ["see"], "days": "7"})
    secret = re.search(r"<code>(\S+)</code>", made.text)
    assert secret
    assert client.get("/api/totals", headers={"authorization": f"Bearer {secret[1]}"}).status_code == 200
    row = next(row for row in client.get("/settings.json").json()["page"]["tokens"]["rows"] if row["label"] == "robot")
    assert secret[1] not in client.get("/settings").text
    assert client.post("/settings/tokens/revoke", data={"id": row["id"]}).status_code == 303
    assert client.get("/api/totals", headers={"authorization": f"Bearer {secret[1]}"}).status_code == 401
    assert client.post("/settings/users", data={"name": "bot", "role": "emperor"}).status_code in (400, 404)


def test_an_owner_writes_a_note_on_the_week_of_a_metric(client):
    page = client.get("/review").text
    metric, week = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("metric", "week"))
    given = {"metric": metric, "week": week, "text": "Snow kept people at home.", "back": "/review?page=1#block-1"}
    done = client.post("/review/note", data=given)
    assert (done.status_code, done.headers["location"]) == (303, "/review?page=1#block-1")
    assert "Snow kept people at home." in client.get("/review").text
    assert client.get("/review.json").json()["page"]["notes"][metric]["text"] == "Snow kept people at home."
    client.post("/review/note", data={**given, "text": " "})
    assert "Snow kept" not in client.get("/review").text
    assert client.post("/review/note", data={**given, "week": "soon"}).status_code == 400
