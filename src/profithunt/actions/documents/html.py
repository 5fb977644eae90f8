"""A document as one HTML page: Markdown rendered by markdown-it, everything that could run taken out by nh3."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

from profithunt.actions.documents.document import Document, Remark
from profithunt.errors import UsageError

_STYLE: Final = """
body { font: 17px/1.55 Georgia, 'Times New Roman', serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  max-width: 42rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #ccc; padding: .35rem .5rem;
  text-align: left; vertical-align: top; }
header, aside, footer { font: 14px/1.5 system-ui, sans-serif; color: #555; }
blockquote { border-left: 3px solid #ccc; margin-left: 0; padding-left: 1rem; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; } }
"""
_TAGS: Final = frozenset(
    {
        *("a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li"),
        *("ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
)
_ATTRIBUTES: Final = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}


def render(markdown: str) -> str:
    """Markdown as HTML that runs nothing: no scripts, styles, images, frames or addresses but http(s) and mailto."""
    try:
        import nh3
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise UsageError(
            f"writing a document as HTML needs the package {error.name}", do="pip install 'profithunt[act]'"
        ) from error
    raw = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(_bare(markdown))
    return nh3.clean(
        raw,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def _bare(markdown: str) -> str:
    """The text without the template's hints, which are comments."""
    import re

    return re.sub(r"<!--.*?-->", "", markdown, flags=re.DOTALL)


def page(document: Document, text: str, remarks: Sequence[Remark] = (), note: str = "") -> str:
    """A whole page: the document with its figures, its state, and what its readers wrote."""
    about = [document.kind.replace("_", " "), f"by {document.author}", document.state]
    if document.decided_at is not None:
        about.append(f"{document.decided_at:%Y-%m-%d} by {document.decided_by}: {document.decision}")
    written = "".join(
        f"<li><b>{html.escape(one.by)}</b>{f' on {html.escape(one.place)}' if one.place else ''}: "
        f"{html.escape(one.text)}</li>"
        for one in remarks
    )
    aside = f"<aside><h2>Remarks</h2><ul>{written}</ul></aside>" if written else ""
    foot = f"<footer><p>{html.escape(note)}</p></footer>" if note else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>{html.escape(' · '.join(about))}</header>\n<main>\n{render(text)}</main>\n{aside}\n{foot}\n"
        "</body>\n</html>\n"
    )
