"""Tooltips that wrap."""

from __future__ import annotations

from html import escape


def wrapped(*paragraphs: str) -> str:
    """Return plain words as rich text, which Qt breaks into lines; plain text it does not."""
    return "<qt>" + "".join(f"<p>{escape(words)}</p>" for words in paragraphs if words) + "</qt>"
