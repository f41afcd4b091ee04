"""One change for all images, however many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attack_samples import learnt, some_settings

import core.attack.whole_parts.same_change
import core.attack.whole_parts.transfer
import core.attack.whole_parts.universal_search
from core.attack import ATTACKS, NORMS
from core.attack.step import can_be_fooled
from core.attack.whole_parts.universal_search import UniversalSearch
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import finish


@pytest.mark.parametrize("target", [None, 1])
@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_the_search_in_passes_is_the_attack_on_all_at_once(monkeypatch, norm, box, target):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.universal_search, "CHUNK_ROWS", 11)
    model = SoftmaxPerceptron(models[0])
    budget = 0.9 if norm == "l2" else 0.15
    config = some_settings("universal", norm=norm, box=box, target=target, budget=budget, steps=12)
    images, labels = data.test.images.astype(np.float64), data.test.labels
    search = UniversalSearch(model, config, images, labels)
    progress = list(search.run())
    rows = np.flatnonzero(can_be_fooled(model.predict(images), labels, target))
    attack = ATTACKS["universal"](model, config, images[rows], labels[rows])
    steps = list(attack.run())
    assert search.found().n_images == len(rows)
    rates = list(search.found().success_rates)
    assert rates[: len(steps)] == [s.success.mean() for s in steps]
    if target is None:  # then toward each class, for it may fool more
        assert len(rates) == len(steps) * (1 + data.n_classes)
        assert max(rates) > max(rates[: len(steps)])
    else:
        assert len(rates) == len(steps)
        np.testing.assert_allclose(search.found().change, attack.best_shared[0], atol=1e-9)
    assert NORMS[norm].sizes(search.found().change[None])[0] <= budget * (1 + 1e-9)
    assert progress[-1].done <= progress[-1].total
    assert len(progress) > len(steps) * 5  # every few images, not once a pass
    assert rates[len(steps) - 1] > rates[0] == 0.0


def fooled(model, images, labels, change):
    """Return how many images that are read rightly are not any more."""
    right = model.predict(images) == labels
    return int((right & (model.predict(np.clip(images + change, 0, 1)) != labels)).sum())


@pytest.mark.parametrize("pilot_rows", [1000, 70])
@pytest.mark.parametrize(("norm", "budgets"), [("l2", (0.3, 0.6, 1.5)), ("linf", (0.05, 0.1, 0.3))])
def test_without_a_target_it_fools_no_fewer_than_with_any(monkeypatch, norm, budgets, pilot_rows):
    """Away from all labels at once it fooled two thirds of what one of the targets did."""
    monkeypatch.setattr(core.attack.whole_parts.universal_search, "PILOT_ROWS", pilot_rows)
    data, models = learnt()
    model, images, labels = SoftmaxPerceptron(models[0]), data.test.images, data.test.labels
    for budget in budgets:
        n_fooled = []
        for target in (None, *range(data.n_classes)):
            settings = {"norm": norm, "budget": budget, "target": target, "steps": 10}
            search = UniversalSearch(model, some_settings("universal", **settings), images, labels)
            for progress in search.run():
                assert progress.done <= progress.total
            n_fooled.append(fooled(model, images, labels, search.found().change))
            if target is None:
                assert n_fooled[0] / search.found().n_images == max(search.found().success_rates)
        assert n_fooled[0] >= max(n_fooled[1:])


def test_a_search_left_early_has_the_best_so_far():
    data, models = learnt()
    config = some_settings("universal", budget=2.0, steps=30)
    search = UniversalSearch(
        SoftmaxPerceptron(models[0]), config, data.test.images, data.test.labels
    )
    assert not search.found().change.any()
    for _ in search.run():
        if len(search.found().success_rates) == 6:
            break
    rates = list(search.found().success_rates)
    moved = np.clip(data.test.images + search.found().change, 0, 1)
    model = SoftmaxPerceptron(models[0])
    right = model.predict(data.test.images) == data.test.labels
    fooled = right & (model.predict(moved) != data.test.labels)
    assert max(rates) > 0
    assert fooled.sum() / right.sum() == pytest.approx(max(rates))


def test_a_search_with_nobody_to_fool_says_so():
    data, models = learnt()
    model = SoftmaxPerceptron(models[0])
    rows = np.flatnonzero(model.predict(data.test.images) != data.test.labels)
    search = UniversalSearch(
        model=model,
        config=some_settings("universal"),
        images=data.test.images,
        labels=data.test.labels,
        rows=rows,
    )
    with pytest.raises(SettingError, match="no image to fool"):
        list(search.run())


def test_a_part_of_a_generator_can_be_left():
    """Progress is what any job of the window drives; finish drains it."""
    data, models = learnt()
    search = UniversalSearch(
        SoftmaxPerceptron(models[0]),
        replace(some_settings("universal"), steps=2),
        data.test.images,
        data.test.labels,
    )
    finish(search.run())  # type: ignore[arg-type]
    assert len(search.found().success_rates) == 3 * (1 + data.n_classes)
