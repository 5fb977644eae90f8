"""Files to import: exact differences, exact former values, what is planned is what is written."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from profithunt.actions.adapters.catalogue import ADAPTERS, build
from profithunt.actions.adapters.klaviyo import KlaviyoFile
from profithunt.actions.adapters.prescribed import service, services, serving
from profithunt.actions.adapters.protocol import Adapter, Plan, Receipt
from profithunt.detectors import catalogue
from profithunt.errors import ConfigError, UsageError
from tests.actions.adapters.conftest import an_action, context

ADS = "Campaign\tAd Group\tKeyword\tCriterion Type\tMax CPC\tStatus\n" + "".join(
    f"{row}\n"
    for row in (
        "Shoes\tRed\tred shoes\tExact\t0.55\tEnabled",
        "Shoes\tAll\tred shoes\tBroad\t0.30\tPaused",
        "Shoes\tAll\tred shoes\tNegative Exact\t\tEnabled",
    )
)
PRODUCTS = (
    "Handle,Title,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price\n"
    'mug,Mug,"sale,  blue",Colour,Blue,A,12.50,15.00\n'
    "mug,,,,Red,B,12.00,\n"
    "lamp,Lamp,,Title,Default Title,C,30.00,\n"
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def written(adapter: Adapter, plan: Plan, receipt: Receipt) -> None:
    """What was planned is what was written, to the byte, and nothing else."""
    outbox = adapter.context.outbox
    assert {preview.target for preview in plan.previews} == set(receipt.references)
    for preview in plan.previews:
        assert (outbox / preview.target).read_bytes() == preview.content.encode()
    files = {str(p.relative_to(outbox)) for p in outbox.glob(f"{adapter.name}/*") if p.is_file()}
    assert files == set(receipt.references)


def test_pausing_a_keyword_writes_only_keys_and_status_and_undo_brings_each_former_status_back(adapter, tmp_path):
    (tmp_path / "ads.csv").write_text(ADS, "utf-16")
    ads = adapter("google_ads", export="ads.csv")
    plan = ads.plan(an_action("pause_or_bid_down", {"keyword": "Red Shoes"}, "google_ads"), ads.context)
    assert [(c.entity["ad_group"], dict(c.before), dict(c.after)) for c in plan.changes] == [
        ("Red", {"status": "Enabled"}, {"status": "Paused"})
    ]
    receipt = ads.execute(plan, key="act-1")
    written(ads, plan, receipt)
    assert rows(plan.previews[0].content) == [
        {"Campaign": "Shoes", "Ad Group": "Red", "Keyword": "red shoes", "Criterion Type": "Exact", "Status": "Paused"}
    ]
    undone = ads.undo(receipt, plan, key="act-1/undo")
    (back,) = rows((ads.context.outbox / undone.references[0]).read_text())
    assert back["Status"] == "Enabled"


def test_bids_move_by_a_share_of_each_place_and_come_back_exactly(adapter, tmp_path):
    (tmp_path / "ads.csv").write_text(ADS, "utf-16")
    ads = adapter("google_ads", export="ads.csv")
    action = an_action("pause_or_bid_down", {"keyword": "red shoes"}, "google_ads", change="bid", bid_change=-0.2)
    plan = ads.plan(action, ads.context)
    assert [row["Max CPC"] for row in rows(plan.previews[0].content)] == ["0.44", "0.24"]
    undone = ads.undo(ads.execute(plan, key="k"), plan, key="k-undo")
    back = rows((ads.context.outbox / undone.references[0]).read_text())
    assert sorted(row["Max CPC"] for row in back) == ["0.30", "0.55"]


def test_a_negative_keyword_is_removed_again(adapter):
    ads = adapter("google_ads")
    action = an_action("add_negative_keyword", {"search_term": "free, mugs"}, "google_ads", campaign="Mugs")
    plan = ads.plan(action, ads.context)
    (row,) = rows(plan.previews[0].content)
    assert row["Criterion Type"] == "Campaign Negative Exact"
    assert row["Keyword"] == "free, mugs"
    undone = ads.undo(ads.execute(plan, key="k"), plan, key="u")
    (back,) = rows((ads.context.outbox / undone.references[0]).read_text())
    assert back == {**row, "Status": "Removed"}


def test_a_keyword_whose_place_or_bid_is_not_known_is_refused_with_what_to_do(adapter):
    ads = adapter("google_ads")
    with pytest.raises(UsageError, match=r"export of Google Ads Editor"):
        ads.plan(an_action("pause_or_bid_down", {"keyword": "x"}, "google_ads"), ads.context)
    bid = an_action(
        "pause_or_bid_down", {"keyword": "x"}, "google_ads", campaign="c", ad_group="g", change="bid", bid="0.2"
    )
    with pytest.raises(UsageError, match=r"could not be put back"):
        ads.plan(bid, ads.context)


def test_a_price_change_has_the_keys_that_shopify_wants_and_no_other_column(adapter, tmp_path):
    (tmp_path / "products.csv").write_text(PRODUCTS, "utf-8-sig")
    shop = adapter("shopify", export="products.csv")
    action = an_action("start_markdown_ladder", {"sku": "B"}, "shopify", skus=["A", "B", "C"])
    plan = shop.plan(action, shop.context)
    found = rows(plan.previews[0].content)
    assert [(r["Handle"], r["Title"], r["Option1 Value"], r["Variant SKU"], r["Variant Price"]) for r in found] == [
        ("mug", "Mug", "Blue", "A", "10.00"),
        ("mug", "Mug", "Red", "B", "9.60"),
        ("lamp", "Lamp", "Default Title", "C", "24.00"),
    ]
    assert list(found[0]) == ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price"]
    receipt = shop.execute(plan, key="k")
    written(shop, plan, receipt)
    undone = shop.undo(receipt, plan, key="u")
    back = rows((shop.context.outbox / undone.references[0]).read_text())
    assert {r["Variant SKU"]: r["Variant Price"] for r in back} == {"A": "12.50", "B": "12.00", "C": "30.00"}


def test_new_headings_of_shopify_are_used_where_the_export_has_them(adapter, tmp_path):
    text = "URL handle,Title,Option1 name,Option1 value,SKU,Price,Tags\nmug,Mug,Title,Default Title,A,10,\n"
    (tmp_path / "products.csv").write_text(text, "utf-8")
    shop = adapter("shopify", export="products.csv")
    plan = shop.plan(an_action("raise_the_price", {"sku": "A"}, "shopify", price="11"), shop.context)
    assert plan.previews[0].content.splitlines() == [
        "URL handle,Title,Option1 name,Option1 value,SKU,Price",
        "mug,Mug,Title,Default Title,A,11.00",
    ]


def test_tags_are_added_once_a_product_and_the_former_text_comes_back_as_it_was(adapter, tmp_path):
    (tmp_path / "products.csv").write_text(PRODUCTS, "utf-8")
    shop = adapter("shopify", export="products.csv")
    action = an_action("surface_it", {"sku": "A"}, "shopify", skus=["A", "B"], tags_add=["shown"], tags_remove=["SALE"])
    plan = shop.plan(action, shop.context)
    assert rows(plan.previews[0].content) == [{"Handle": "mug", "Title": "Mug", "Tags": "blue, shown"}]
    undone = shop.undo(shop.execute(plan, key="k"), plan, key="u")
    assert rows((shop.context.outbox / undone.references[0]).read_text())[0]["Tags"] == "sale,  blue"


def test_without_an_export_tags_are_refused_since_a_file_replaces_all_of_them(adapter):
    shop = adapter("shopify")
    with pytest.raises(UsageError, match="replaces them all"):
        shop.plan(an_action("surface_it", {"sku": "A"}, "shopify", handle="mug"), shop.context)


def test_a_price_without_an_export_takes_name_and_price_from_the_shop(adapter):
    shop = adapter("shopify")
    plan = shop.plan(an_action("raise_the_price", {"sku": "A"}, "shopify", handle="mug", price="10.5"), shop.context)
    (row,) = rows(plan.previews[0].content)
    assert (row["Handle"], row["Title"], row["Variant Price"]) == ("mug", "Mug", "10.50")
    with pytest.raises(UsageError, match="changes nothing"):
        shop.plan(an_action("raise_the_price", {"sku": "A"}, "shopify", handle="mug", price="10"), shop.context)


def test_profiles_leave_out_who_is_held_out_and_come_in_parts_below_the_limit(adapter, monkeypatch):
    monkeypatch.setattr(KlaviyoFile, "most_bytes", 300)
    klaviyo = adapter("klaviyo_file")
    customers = [f"customer-{number}" for number in range(40)]
    action = an_action(
        "withhold_discounts_with_a_test_group", {}, "klaviyo_file", customers=customers, holdout=customers[:4]
    )
    plan = klaviyo.plan(action, klaviyo.context)
    assert len(plan.previews) > 1
    assert all(len(preview.content.encode()) <= 300 for preview in plan.previews)
    sent = [row["External ID"] for preview in plan.previews for row in rows(preview.content)]
    assert sent == customers[4:]
    assert "4 customers are held out" in plan.notes[0]
    receipt = klaviyo.execute(plan, key="k")
    written(klaviyo, plan, receipt)
    undone = klaviyo.undo(receipt, plan, key="u")
    back = [row for name in undone.references for row in rows((klaviyo.context.outbox / name).read_text())]
    assert {row["profithunt_withhold_discounts_with_a_test_group"] for row in back} == {"off"}
    assert len(back) == 36


def test_profiles_by_email_where_a_list_of_addresses_is_set(adapter, tmp_path):
    (tmp_path / "emails.csv").write_text("customer_id,email\na,a@x.example\nb,\n", "utf-8")
    klaviyo = adapter("klaviyo_file", emails="emails.csv")
    action = an_action("suppress_offers_and_fix_the_cause", {}, "klaviyo_file", customers=["a", "b"])
    plan = klaviyo.plan(action, klaviyo.context)
    assert [row["Email"] for row in rows(plan.previews[0].content)] == ["a@x.example"]
    assert plan.notes == ("1 customers have no e-mail address and are left out.",)


def test_the_same_key_twice_is_one_effect_and_the_files_say_when_they_were_taken(adapter):
    table = adapter("csv")
    action = an_action("sync_stock", {"sku": "A"}, "csv", set={"on_hand": 0}, former={"on_hand": 7})
    plan = table.plan(action, table.context)
    assert rows(plan.previews[0].content) == [
        {"sku": "A", "kind": "task", "field": "on_hand", "before": "7", "after": "0"}
    ]
    first = table.execute(plan, key="k")
    path = table.context.outbox / first.references[0]
    assert table.confirm(first).confirmed is None
    (path.parent / "imported").mkdir()
    path.rename(path.parent / "imported" / path.name)
    assert table.execute(plan, key="k") == first
    assert not path.exists()
    assert table.confirm(first).confirmed is True
    assert build("csv", context(table.context.folder)).execute(plan, key="k") == first


def test_with_confirm_written_a_file_counts_at_once(adapter):
    table = adapter("csv", confirm="written")
    plan = table.plan(an_action("sync_stock", {"sku": "A"}, "csv"), table.context)
    assert table.confirm(table.execute(plan, key="k")).confirmed is True


def test_a_task_as_a_file_and_its_being_called_off(adapter):
    task = adapter("task")
    action = an_action("place_purchase_order", {"sku": "A"}, "task", units=40)
    plan = task.plan(action, task.context)
    text = plan.previews[0].content
    assert "Order more of it." in text
    assert "units: 40" in text
    assert "120.00 EUR" in text
    receipt = task.execute(plan, key="k")
    written(task, plan, receipt)
    undone = task.undo(receipt, plan, key="u")
    assert "Called off" in (task.context.outbox / undone.references[0]).read_text()


def test_every_action_of_the_catalogue_is_served_by_an_adapter_that_exists():
    known = services()
    missing = sorted({detector.action for detector in catalogue()} - set(known))
    assert missing == []
    for one in known.values():
        assert set(one.adapters) <= set(ADAPTERS)
        assert one.team
        assert one.task.endswith(".")
    assert serving("pause_or_bid_down", {"google_ads", "email"}) == "google_ads"
    assert serving("pause_or_bid_down", {"email"}) == "email"
    assert serving("pause_or_bid_down", set()) == "task"
    assert service("something_of_their_own").adapters[-1] == "task"


def test_a_setting_that_does_not_exist_is_named(adapter):
    with pytest.raises(ConfigError, match=r"adapters\.shopify"):
        adapter("shopify", exprot="x")


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    price=st.decimals("0.01", "9999", places=2),
    share=st.decimals("-0.9", "2", places=3).filter(bool),
    words=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool),
)
def test_any_plan_survives_json_and_its_undo_holds_exactly_the_former_values(tmp_path_factory, price, share, words):
    shop = build("shopify", context(tmp_path_factory.mktemp("any")))
    action = an_action(
        "raise_the_price", {"sku": words}, "shopify", handle="h", title=words, former_price=str(price),
        price_change=str(share),
    )  # fmt: skip
    try:
        plan = shop.plan(action, shop.context)
    except UsageError:
        return
    again = Plan.from_json(plan.to_json())
    assert again.digest == plan.digest == shop.plan(action, shop.context).digest
    receipt = shop.execute(again, key="k")
    undone = shop.undo(receipt, again, key="u")
    (row,) = rows((shop.context.outbox / undone.references[0]).read_text("utf-8"))
    assert Decimal(row["Variant Price"]) == price
    assert row["Variant SKU"] == words
