"""Words that several pages use."""

from __future__ import annotations

import pytest

from gui.shared.words import an


@pytest.mark.parametrize("name", ["8", "18", "ankle boot", "Élève", "Öl", "ångström", "í"])
def test_an_stands_before_a_vowel_with_or_without_an_accent(name: str) -> None:
    assert an(name) == f"an {name}"


@pytest.mark.parametrize("name", ["7", "80", "bag", "Ñandú", "α", "", "Überbau"])
def test_a_stands_before_all_else(name: str) -> None:
    assert an(name) == f"a {name}"
