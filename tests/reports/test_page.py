"""The report: a well-formed page that needs nothing else, says every figure, stands without its optional parts."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest

from profithunt.reports import content
from profithunt.reports.page import prose, render
from profithunt.reports.wording import entity_text, evidence_text, sure, words
from tests.reports import sample


@pytest.fixture(scope="module")
def page() -> str:
    return render(sample.report())


def tree(page: str) -> ET.Element:
    """The page as a tree; raises where an element isn't closed or a character isn't escaped."""
    return ET.fromstring(page)  # noqa: S314 - our own text


def texts(page: str) -> str:
    return " ".join("".join(tree(page).itertext()).split())


def test_it_is_well_formed_and_small(page):
    assert page.startswith("<!DOCTYPE html>")
    tree(page)
    assert len(page.encode()) <= 120_000


def test_it_needs_no_network_no_script_and_no_second_file(page):
    assert not re.search(r"https?://|//[a-z]|url\(|@import|<script|<link|<img|<iframe|javascript:|\son\w+=", page)
    assert {node.attrib["href"][0] for node in tree(page).iter("a")} == {"#"}


def test_its_security_policy_allows_its_own_style_sheet_and_nothing_else(page):
    [policy] = [
        node.attrib["content"]
        for node in tree(page).iter("meta")
        if node.attrib.get("http-equiv") == "Content-Security-Policy"
    ]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert 'style="' not in page


def test_every_anchor_has_its_section_and_ids_are_unique(page):
    ids = [node.attrib["id"] for node in tree(page).iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    assert {node.attrib["href"][1:] for node in tree(page).iter("a")} <= set(ids)


def test_tables_have_captions_and_heads_and_charts_a_description_and_their_table(page):
    root = tree(page)
    for table in root.iter("table"):
        assert table.find("caption") is not None
        for head in table.iter("th"):
            assert head.attrib["scope"] in {"row", "col"}
            assert "".join(head.itertext()).strip()
    figures = list(root.iter("figure"))
    assert len(figures) == 2
    for figure in figures:
        assert "".join(figure.find("figcaption").itertext()).strip()
        assert all(svg.attrib["aria-label"] for svg in figure.iter("svg"))
    assert [node.attrib["lang"] for node in [root]] == ["en"]
    assert len(list(root.iter("main"))) == len(list(root.iter("h1"))) == 1


def test_it_says_the_figures(page):
    shown = texts(page)
    for figure in (
        "makes $1.17M of contribution profit, 25.6% of net sales",
        "312 of 2,469 customers (12.6%) lose money, −$48.2k together",
        "Of $5.41M list sales, the most goes to cost of goods −$2.98M",
        "Best in Nov 2017 with $110, weakest in Jul 2017 with −$12.0. 1 incomplete month hatched",
        "$7.30k",
        "$5.20k to $9.00k in 28 days",
        "Cannot make a profit: SKU 102971",
        "units 412 · CM2 per unit −$2.41 · return rate 12.1% · unit price $8.99",
        "$1,173,363.82",
        "Of net sales, 100% on assumed costs of goods.",
        "+$229k",
        "1 detector failed Own detector: there is no column margin",
        "Payment: 1.20% of what was paid",
        "Pick: $0.04 per line",
        "31198459271, 31198459272",
        "12 of 1,625,155 rows (<0.01%) set aside, with $88.1 in them",
        "20180101T120000-ab12cd",
        "ab12ab12ab12ab12",
    ):
        assert figure in shown, figure


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_it_is_on(page, scheme):
    tokens = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", page))
    colours = {name: pair.split(", ")[scheme] for name, pair in tokens.items()}
    for ground in ("page", "panel"):
        for ink, least in (("ink", 7), ("muted", 4.5), ("loss-ink", 4.5), ("good", 4.5), ("profit", 3), ("loss", 3)):
            one, other = sorted((luminance(colours[ground]), luminance(colours[ink])))
            assert (other + 0.05) / (one + 0.05) >= least, (ground, ink)


def test_names_from_the_data_are_escaped(page):
    assert "<grocers>" not in page
    assert "Corner &amp; Daughters &lt;grocers&gt;" in page


def test_it_stands_without_what_the_data_does_not_give():
    bare = replace(
        sample.report(),
        n_orders=None,
        months=(),
        customers=None,
        skus=None,
        whale=None,
        spreads=(),
        opportunities=(),
        n_opportunities=0,
        sleeping=(),
        failed=(),
        reasons=(),
        capabilities=(),
        bases=(),
        rates=(),
        cases=(),
        tables=(),
    )
    shown = texts(render(bare))
    assert "No customers or SKUs are named in the data." in shown
    assert "Nothing found that passes the gates." in shown
    assert "Whale curve" not in shown


def test_a_ledger_that_does_not_tie_out_says_so():
    cuts = (content.Slice("order", 3, Decimal(10), Decimal(0)), content.Slice("sku", 2, Decimal(9), Decimal(-1)))
    shown = texts(render(replace(sample.report(), slices=cuts, reconciles=False)))
    assert "No: sku differs from the total." in shown
    assert "−$1.00" in shown


def test_a_shop_that_loses_money_says_so():
    steps = tuple(replace(step, amount=-step.amount) if step.name == "cm3" else step for step in sample.report().steps)
    assert "loses $1.17M of contribution profit" in texts(render(replace(sample.report(), steps=steps)))


def test_the_same_run_gives_the_same_page():
    assert render(sample.report()) == render(sample.report())


def test_evidence_reads_as_its_name_says():
    evidence = {"n_orders": 12, "return_rate": 0.25, "cm2": "-3.5", "cover_weeks": 7.25, "reason": "late", "cost": None}
    assert evidence_text(evidence, "EUR") == (
        "orders 12 · return rate 25.0% · CM2 −€3.50 · cover weeks 7.25 · reason late"
    )
    assert entity_text({"customer_id": "42", "sku": "17"}) == "customer 42 × SKU 17"
    assert words("marketing_channel") == "Marketing channel"
    assert words("sku") == "SKU"


def test_nothing_is_entirely_sure():
    assert sure(0.97) == "97% sure"
    assert sure(0.9999) == "over 99% sure"


def test_no_line_breaks_between_a_minus_and_its_amount():
    assert str(prose("lost −$1.20k, <b>")) == 'lost <span class="nb">−$1.20k</span>, &lt;b&gt;'
