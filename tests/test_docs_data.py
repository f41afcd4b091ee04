"""docs/data.md says what really opens, what is refused, and in which words."""

from __future__ import annotations

import pytest
from data_forms import BEGIN, END, PAGE, forms, is_missing, row

FORMS = [(title, form) for title, found in forms() for form in found]
NAMES = [f"{title}: {form.words}" for title, form in FORMS]


def made():
    """Return the rows of the tables on the page."""
    text = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return [line for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=NAMES)
def test_the_page_says_what_happens(tmp_path, form):
    if is_missing(form):
        pytest.skip(f"{form.needs} is not installed")
    assert row(form, tmp_path / "new") in made(), "write it anew: uv run tests/write_data_page.py"


def test_the_page_has_no_other_rows():
    assert len(set(NAMES)) == len(NAMES)
    heads = {f"| {title.lower()} |" for title, _ in FORMS}
    rows = [line for line in made() if not line.startswith(tuple(heads))]
    assert len(rows) == len(FORMS), "write it anew: uv run tests/write_data_page.py"
