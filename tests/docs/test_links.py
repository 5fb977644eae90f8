"""Links between the pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PAGES = [
    *sorted(REPOSITORY.glob("*.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *sorted((REPOSITORY / "src").rglob("*.md")),
]
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(?P<title>.+?)\s*$", re.MULTILINE)


def anchors_of(path: Path) -> set[str]:
    """What a page can be entered at: its headings as the usual renderers name them."""
    titles = _HEADING.findall(_FENCE.sub("", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_resolve(page: Path):
    text = _CODE.sub("", _FENCE.sub("", page.read_text("utf-8")))
    broken = []
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(target)
    assert not broken, f"{page.name} links to what isn't there: {broken}"


def test_every_page_of_the_docs_can_be_reached_from_their_index():
    docs = REPOSITORY / "docs"
    seen: set[Path] = set()
    waiting = [docs / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        text = _FENCE.sub("", page.read_text("utf-8"))
        targets = (target.partition("#")[0] for target in _LINK.findall(text))
        waiting += [(page.parent / target).resolve() for target in targets if target.endswith(".md")]
    unreached = sorted(str(page.relative_to(docs)) for page in set(docs.rglob("*.md")) - seen)
    assert not unreached, f"no link leads to {unreached}"
