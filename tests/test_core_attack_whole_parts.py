"""What all work on whole parts shares: a few images at a time, left and gone on with."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from itertools import islice

import numpy as np
import pytest
from attack_samples import learnt, some_settings

import core.attack.whole_parts.same_change
import core.attack.whole_parts.transfer
import core.attack.whole_parts.universal_search
from core.attack import ATTACKS
from core.attack.whole_parts.same_change import SameChange
from core.attack.whole_parts.transfer import Transfer, chunk_rows
from core.attack.whole_parts.universal_search import UniversalSearch
from core.learning.perceptron import SoftmaxPerceptron


def test_few_images_at_a_time_are_never_none_and_fewer_where_they_are_larger():
    assert chunk_rows(64, 10) > chunk_rows(784, 10) > chunk_rows(784, 47) >= 8
    assert chunk_rows(10**7, 1000) == 8


def make_search(kind):
    data, models = learnt()
    part, universal = data.test, some_settings("universal", steps=3)
    if kind == "same change":
        return SameChange(models[0], part, np.ones(36) / 9, 1)
    if kind == "universal search":
        model = SoftmaxPerceptron(models[0])
        return UniversalSearch(model, universal, part.images, part.true_labels)
    settings = universal if kind == "universal" else some_settings(kind)
    return Transfer(models, part, ATTACKS[kind], settings)


def known(found):
    """Return what was found as something to compare."""
    if isinstance(found, np.ndarray):
        return found.tolist()
    if isinstance(found, tuple):
        return [known(each) for each in found]
    if is_dataclass(found):
        return [known(getattr(found, item.name)) for item in fields(found)]
    return found


@pytest.mark.parametrize("n_steps", [1, 3, 9])
@pytest.mark.parametrize("kind", ["pgd", "universal", "same change", "universal search"])
def test_a_search_that_was_left_goes_on_and_finds_the_same(kind, n_steps, monkeypatch):
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 12)
    monkeypatch.setattr(core.attack.whole_parts.same_change, "MOST_ROWS", 12)
    monkeypatch.setattr(core.attack.whole_parts.universal_search, "CHUNK_ROWS", 12)
    whole, left = make_search(kind), make_search(kind)
    told = [progress.done for progress in whole.run()]
    first = [progress.done for progress in islice(left.run(), n_steps)]
    assert first == told[:n_steps]
    rest = [progress.done for progress in left.run()]
    assert rest[-1] == told[-1] >= rest[0] >= first[-1]
    assert len(rest) <= len(told)
    assert known(left.found()) == known(whole.found())
    assert list(left.run()) == []
