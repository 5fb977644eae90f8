"""The page of a weekly review: whole, closed to the network, and right in a real browser."""

from __future__ import annotations

import html
import json
import re
import shutil

import pytest

from profithunt import fmt
from profithunt.charts import Mark, Panel, Run, six_twelve
from profithunt.reports.weekly import finding, render, write
from tests.metrics import decks
from tests.reports.test_browser import FRAME, PROBE, chromium

HAS_CHROMIUM = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not HAS_CHROMIUM, reason="needs Chromium (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    return decks.review(tmp_path_factory.mktemp("deck"))


@pytest.fixture(scope="module")
def page(review):
    return render(review)


def test_the_page_asks_the_network_for_nothing(page):
    assert "script" not in page
    assert re.findall(r'(?:src|href)="(?!#|data:|https://example\.com/dashboard)[^"]*"', page) == []
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in html.unescape(page)
    assert ' style="' not in page, "the policy would drop it"


def test_all_of_the_deck_is_on_it(page, review):
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    for words in (
        "Everything", "19 to 25 Sep 2021", "Week 38", "Inputs", "Ad impressions", "New banners since Monday.",
        "Banners went dark", "mended since", "The range review comes first next week.", "https://example.com/dashboard",
        "Clicks against goal", "More than noise: below its limits", "Nobody asked", "Last week", "MTD", "QTD", "YTD",
    ):  # fmt: skip
        assert words in text, words
    assert page.count("<svg") == 2 * len(review.charts)
    assert text.count("Show as table") == len(review.charts)


def test_a_long_event_is_never_cut(tmp_path):
    story = "It went on and on. " * 200
    deck = decks.DECK.replace("note: mended since", f"note: {story.strip()}")
    assert story.strip() in html.unescape(render(decks.review(tmp_path, deck)))


def test_styles_of_a_deck_become_classes_and_nothing_else_gets_in(tmp_path):
    deck = decks.DECK.replace("text-align:left;", "text-align:left; background: url(http://x); color: red</style>")
    page = render(decks.review(tmp_path, deck))
    assert "background-color: LightGrey" in page
    assert "http://x" not in page
    assert "red</style>" not in page


def test_a_picture_beside_the_deck_becomes_part_of_the_page(tmp_path):
    (tmp_path / "map.png").write_bytes(b"\x89PNG....")
    deck = decks.DECK.replace('source: "https://example.com/dashboard"', "source: map.png")
    assert 'src="data:image/png;base64,' in render(decks.review(tmp_path, deck))


def test_figures_read_as_the_deck_asks():
    assert fmt.scaled("12637800", "##.2MM") == "12.64M"
    assert fmt.scaled("0.0264", "##.1%") == "2.6%"
    assert fmt.scaled("0.026378", "##.1bps") == "263.8bps"
    assert fmt.scaled("-1263", "##KK") == "−1K"
    assert fmt.scaled(None, "##") == "–"
    assert fmt.measured(0.0412, "share") == "4.12%"
    assert fmt.measured(42, "count") == "42"
    assert fmt.measured(3.25, "days") == "3.25 d"
    assert fmt.measured(1200, "money", "EUR") == "€1.20k"
    assert fmt.points(-35.4) == "−35 bp"
    assert fmt.growth(0.123) == "+12.3%"


def test_the_finding_says_where_the_week_stands(review):
    said = finding(review.charts[1], review)
    assert said.startswith("Last week 6.89%: −18 bp on the week")
    assert "target 8.00%" in said
    assert "More than noise" in said


def test_a_chart_without_any_value_is_still_a_chart():
    panel = Panel("6 weeks", list("123456"), [Run("primary", [Mark(None)] * 6)])
    text = six_twelve(panel, panel, 560, 236, "Nothing yet", str, stacked=False)
    assert "Nothing yet" in text
    assert "<circle" not in text


def test_incomplete_periods_are_hollow_and_signals_ringed():
    marks = [Mark(float(at), complete=at != 2) for at in range(6)]
    panel = Panel("6 weeks", list("123456"), [Run("primary", marks)], (1.0, 2.0, 3.0), frozenset({5}), [(1, 1), (1, 2)])
    text = six_twelve(panel, panel, 340, 400, "t", lambda value: f"{value:.0f}", stacked=True)
    assert text.count("primary open") == 2
    assert text.count('class="signal"') == 2
    assert ">1+</text>" in text


def test_it_is_written_whole_or_not_at_all(tmp_path, review):
    path = write(review, tmp_path / "deep" / "wbr.html")
    assert path.read_text("utf-8").endswith("</html>\n") or path.read_text("utf-8").endswith("</html>")
    assert [item.name for item in path.parent.iterdir()] == ["wbr.html"]


@pytest.mark.parametrize("width", [1440, 1100, 760, 390, 340])
class TestInTheBrowser:
    pytestmark = browser

    def test_it_never_scrolls_sideways_and_no_labels_overlap(self, tmp_path, page, width):
        path, frame = tmp_path / "wbr.html", tmp_path / "frame.html"
        # Tables scroll within themselves; what they hold is not the page's width.
        probe = PROBE.replace('!node.closest(".skip")', '!node.closest(".skip") && !node.closest(".scroll")')
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*/>', "", page)
        path.write_text(text.replace("</body>", f"{probe}</body>"), "utf-8")
        frame.write_text(FRAME.replace("WIDTH", str(width)).replace("PAGE", path.as_uri()), "utf-8")
        dom = chromium(tmp_path, frame, "--dump-dom", "--virtual-time-budget=3000").stdout
        title = re.search(r"<title>(.*?)</title>", dom)
        assert title
        assert json.loads(html.unescape(title[1])) == {"width": width, "scroll": 0, "overlaps": [], "wide": []}


@pytest.mark.parametrize("scheme", ["0", "1"])
class TestOnItsOwn:
    pytestmark = browser

    def test_the_browser_has_nothing_to_complain_about_and_fetches_nothing(self, tmp_path, page, scheme):
        path, log = tmp_path / "wbr.html", tmp_path / "net.json"
        path.write_text(page, "utf-8")
        done = chromium(
            tmp_path,
            path,
            "--enable-logging=stderr",
            f"--log-net-log={log}",
            f"--blink-settings=preferredColorScheme={scheme}",
            "--dump-dom",
        )
        assert "CONSOLE" not in done.stderr
        assert "More than noise" in done.stdout
        asked = set(re.findall(r'"url":"(https?://[^"]+)"', log.read_text("utf-8", errors="replace")))
        assert not [url for url in asked if "example.com" in url]


class TestInPrint:
    pytestmark = browser

    def test_it_prints(self, tmp_path, page):
        path, pdf = tmp_path / "wbr.html", tmp_path / "wbr.pdf"
        path.write_text(page, "utf-8")
        chromium(tmp_path, path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
        assert pdf.read_bytes().startswith(b"%PDF")
