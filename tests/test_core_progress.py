"""How far a piece of work is, in words."""

from __future__ import annotations

import pytest

from core.progress import Progress
from core.words import sized


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(3000, 9_912_422, "bytes"), "3 kB of 9.91 MB"),
        (Progress(412, 0, "bytes"), "412 bytes"),
        (Progress(1500, 60_000, "images"), "1,500 of 60,000 images"),
        (Progress(7, 0, "pictures"), "7 pictures"),
    ],
)
def test_how_far_it_is_in_words(progress: Progress, words: str) -> None:
    assert str(progress) == words


def test_sizes_are_written_as_people_write_them() -> None:
    assert [sized(n) for n in (999, 1000, 28_881, 9_912_422)] == [
        "999 bytes",
        "1 kB",
        "28.9 kB",
        "9.91 MB",
    ]
