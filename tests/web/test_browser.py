"""The pages in a real browser: every page × light and dark × desk and phone; journeys by mouse, keys, without scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.shops import CHROMIUM, FLAGS, PAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright (pip install playwright)")

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
WAITING = "() => [...document.querySelectorAll('[data-chart]')].filter(n => n.dataset.state !== 'drawn').length"
LABELS = """() => {
  const box = node => node.getBoundingClientRect();
  const shown = [...document.querySelectorAll('[data-chart] svg text, svg.sixtwelve text')]
    .filter(node => box(node).width > 1 && node.textContent.trim() && getComputedStyle(node).opacity !== '0');
  const apart = (a, b) => a.left >= b.right - 2 || b.left >= a.right - 2 || a.top >= b.bottom - 3 || b.top >= a.bottom - 3;
  const found = [];
  for (const chart of new Set(shown.map(node => node.closest('svg')))) {
    const mine = shown.filter(node => node.closest('svg') === chart);
    mine.forEach((one, place) => mine.slice(place + 1).forEach(other => {
      if (!apart(box(one), box(other))) found.push(one.textContent + ' / ' + other.textContent);
    }));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def page_of(browser: Any, **more: Any) -> Any:
    context = browser.new_context(reduced_motion="reduce", **more)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.said = []
    page.on("console", lambda said: page.said.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    return page


def settle(page: Any, seconds: float = 40) -> None:
    # A long study is worked out first; its page then takes the place of the one that says so, by itself.
    page.locator("progress").wait_for(state="detached", timeout=120_000)
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 600)"
        " { scrollTo(0, y); await new Promise(go => setTimeout(go, 20)); } scrollTo(0, 0); }"
    )
    until = time.monotonic() + seconds
    while page.evaluate(WAITING) and time.monotonic() < until:
        time.sleep(0.03)
    assert page.evaluate(WAITING) == 0


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_quiet_accessible_and_fits(browser, address, scheme, width):
    page = page_of(browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong = []
    for path in PAGES:
        page.said.clear()
        page.goto(address + path)
        settle(page)
        scroll = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if scroll > 0:
            wrong.append((path, "scrolls sideways by", scroll))
        wrong += [(path, "labels overlap", text) for text in page.evaluate(LABELS)[:5]]
        # Evaluated in the page's own world by the driver: no script tag, which the policy would refuse.
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong += [
            (path, one["id"], one["nodes"][0]["html"][:160])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        wrong += [(path, "console", text) for text in page.said]
    page.context.close()
    assert not wrong, "\n".join(str(one) for one in wrong)


def test_a_journey_by_mouse_and_back(browser, address):
    page = page_of(browser, viewport={"width": 1440, "height": 900})
    page.goto(address + "/")
    page.get_by_role("link", name="Profit", exact=True).click()
    page.wait_for_url("**/profit")
    settle(page)
    page.locator("#profit-slices tbody a").first.click()
    page.wait_for_url("**member=**")
    member = page.locator("h1").inner_text()
    page.locator("#profit-orders tbody a").first.click()
    page.wait_for_url("**/orders/**")
    assert page.locator("h1").inner_text().startswith("Order ")
    page.go_back()
    page.wait_for_url("**member=**")
    page.locator("h1", has_text=member).wait_for()
    settle(page)
    page.go_back()
    page.wait_for_url("**/profit")
    page.locator("h1", has_text="Profit").wait_for()
    page.reload()
    assert page.locator("h1").inner_text() == "Profit"
    assert page.said == []
    page.context.close()


def test_a_decision_by_keys_alone_and_undone(browser, address):
    page = page_of(browser, viewport={"width": 1440, "height": 900})
    page.goto(address + "/?state=open&page=2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator(".card.here")
    title = chosen.locator("h3 a").first.inner_text()
    id_ = chosen.get_attribute("id")
    page.keyboard.press("a")
    page.wait_for_url("**did=approve**")
    assert page.locator("[role=status]").inner_text().startswith(f"Approved: {title}")
    assert page.locator(f"#{id_}").count() == 0
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**did=withdraw**")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("margin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=margin")
    assert page.said == []
    page.context.close()


def test_everything_works_without_scripts(browser, address):
    page = page_of(browser, viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.goto(address + "/")
    page.get_by_role("link", name="More", exact=True).click()
    page.locator("main").get_by_role("link", name="Delivery").click()
    assert page.locator("h1").inner_text() == "Delivery"
    page.locator(".chart img").first.wait_for(state="visible")
    page.goto(address + "/products")
    page.get_by_role("searchbox", name="Find in All SKUs").fill("a")
    page.get_by_role("button", name="Find", exact=True).first.click()
    assert "q.products.all=a" in page.url
    page.goto(address + "/?state=open&page=3")
    page.locator(".card").first.locator("summary", has_text="Reject").click()
    page.locator(".card").first.get_by_role("button", name="Reject", exact=True).click()
    assert "did=reject" in page.url
    page.context.close()
