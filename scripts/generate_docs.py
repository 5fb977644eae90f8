"""Write `docs/reference/` from the definitions in the code: nothing there is written by hand.

`python scripts/generate_docs.py` writes the pages; `--check` writes nothing and fails when one of them is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.reference import PAGES

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; 1 when the check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    checking = parser.parse_args(arguments).check
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        text = page()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not checking:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    stale += [path.name for path in sorted(REFERENCE.glob("*.md")) if path.name not in PAGES]
    if checking and stale:
        print(f"docs/reference: {', '.join(stale)} out of date; run make docs and look at the difference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
