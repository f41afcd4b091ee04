"""Images crafted on one model and tested on others: against plain loops over single images."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import learnt, some_settings

import core.attack.whole_parts.same_change
import core.attack.whole_parts.transfer
import core.attack.whole_parts.universal_search
from core.attack import ATTACKS
from core.attack.step import can_be_fooled
from core.attack.whole_parts.transfer import MOST_EXAMPLES, Transfer
from core.data.dataset import Split
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron

STEADY = ("descent", "fgsm", "bim", "mim", "deepfool", "cw", "greedy_l0", "exact")
"""Attacks without anything random: the same whatever images stand beside each other."""


def wanted(read, label, target):
    return read != label if target is None else read == target


def expected_counts(models, data, attack, config, rows):
    """Return the counts of each model by a loop over images, each attacked alone."""
    models = [SoftmaxPerceptron(weights) for weights in models]
    counts = [[0] * 5 for _ in models]  # n, right, right crafted, reached, fooled
    everyone, alone, crafted_images = [], [], {}
    for row in rows:
        image, label = data.test.images[row].astype(np.float64), int(data.test.labels[row])
        read = [int(model.predict(image[None])[0]) for model in models]
        target = config.target
        open_ = [not wanted(r, label, target) and label != target for r in read]
        crafted = image
        if open_[0]:
            result = attack(models[0], config, image, np.array([label])).finish()
            crafted = result.images[0]
        after = [int(model.predict(crafted[None])[0]) for model in models]
        hit = [o and wanted(r, label, target) for o, r in zip(open_, after, strict=True)]
        for i, line in enumerate(counts):
            line[0] += 1
            line[1] += read[i] == label
            line[2] += after[i] == label
            line[3] += hit[0] and open_[i]
            line[4] += hit[0] and hit[i]
        if all(hit):
            everyone.append(int(row))
        if hit[0] and not any(wanted(r, label, target) for r in after[1:]):
            alone.append(int(row))
        crafted_images[int(row)] = crafted
    return counts, everyone, alone, crafted_images


@pytest.mark.parametrize("target", [None, 2])
@pytest.mark.parametrize("name", STEADY)
def test_transfer_is_a_loop_over_images(monkeypatch, name, target):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 7)
    config = some_settings(name, target=target)
    transfer = Transfer(models, data.test, ATTACKS[name], config, 60, seed=4)
    list(transfer.run())
    result = transfer.found()
    rows = np.random.default_rng(4).permutation(150)[:60]
    counts, everyone, alone, images = expected_counts(models, data, ATTACKS[name], config, rows)
    assert result.n_images == result.n_total == 60
    for model, line in zip(result.models, counts, strict=True):
        found = [model.n_images, model.n_right, model.n_right_crafted, model.n_reached]
        assert [*found, model.n_fooled] == line
    assert result.models[0].n_fooled == counts[0][3]
    assert (result.n_all, result.n_only) == (len(everyone), len(alone))
    assert [one.index for one in result.fool_all] == everyone[:MOST_EXAMPLES]
    assert [one.index for one in result.fool_only] == alone[:MOST_EXAMPLES]
    for one in (*result.fool_all, *result.fool_only):
        np.testing.assert_allclose(one.image, images[one.index], atol=1e-9)
        assert one.label == data.test.labels[one.index]
        read = [int(SoftmaxPerceptron(w).predict(one.image[None])[0]) for w in models]
        assert one.after.tolist() == read


def test_rates_are_shares_of_the_counts():
    data, models = learnt()
    transfer = Transfer(models, data.test, ATTACKS["bim"], some_settings("bim", budget=1.5))
    list(transfer.run())
    first, second, _ = transfer.found().models
    assert first.transfer_rate == 1.0
    assert second.n_reached > 10
    assert second.transfer_rate == second.n_fooled / second.n_reached
    assert second.noise_rate == second.n_fooled_noise / second.n_reached
    assert second.accuracy == SoftmaxPerceptron(models[1]).evaluate(data.test)[0]
    assert second.crafted_accuracy == second.n_right_crafted / 150
    assert second.noise_accuracy == second.n_right_noise / 150
    # The point of the tab: what fools one mostly fools the others, and noise as large does not.
    assert second.transfer_rate > 0.5 > second.noise_rate
    assert second.noise_accuracy > second.crafted_accuracy + 0.3


def test_before_the_start_nothing_is_known_and_nothing_divides_by_zero():
    data, models = learnt()
    result = Transfer(models, data.test, ATTACKS["fgsm"], some_settings("fgsm"), 20).found()
    assert (result.n_images, result.n_total, result.n_all, result.n_only) == (0, 20, 0, 0)
    for name in ("accuracy", "crafted_accuracy", "noise_accuracy", "transfer_rate", "noise_rate"):
        assert np.isnan(getattr(result.models[0], name))


def test_what_is_done_by_any_time_is_what_fewer_images_give(monkeypatch):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 10)
    whole = Transfer(models, data.test, ATTACKS["pgd"], some_settings("pgd"))
    for progress in whole.run():
        assert progress.total == 150
        if whole.found().n_images == 40:
            break
    part = whole.found()
    few = Transfer(models, data.test, ATTACKS["pgd"], some_settings("pgd"), 40)
    list(few.run())
    assert part.models == few.found().models
    assert [e.index for e in part.fool_all] == [e.index for e in few.found().fool_all]


def test_progress_only_rises_and_tells_within_every_few_images(monkeypatch):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 50)
    transfer = Transfer(models, data.test, ATTACKS["bim"], some_settings("bim", steps=20))
    done = [progress.done for progress in transfer.run()]
    assert done == sorted(done)
    assert done[-1] == 150
    assert len(done) > 3 * 20


def test_each_few_images_begin_at_random_in_another_way(monkeypatch):
    """A random start must not be the same for the k-th image of every chunk."""
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 1)
    twice = Split(np.repeat(data.test.images[:1], 2, axis=0), np.repeat(data.test.labels[:1], 2))
    config = some_settings("pgd", budget=2.5, steps=1)
    transfer = Transfer(models[:1], twice, ATTACKS["pgd"], config)
    list(transfer.run())
    first, second = transfer.found().fool_all
    assert not np.array_equal(first.image, second.image)


def test_a_universal_attack_is_one_change_for_all_images(monkeypatch):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 9)
    config = some_settings("universal", budget=1.2, box=False, target=1, steps=15)
    transfer = Transfer(models, data.test, ATTACKS["universal"], config)
    list(transfer.run())
    result = transfer.found()
    opened = can_be_fooled(SoftmaxPerceptron(models[0]).predict(data.test.images),
                           data.test.labels, 1)  # fmt: skip
    images, labels = data.test.images[opened], data.test.labels[opened]
    expected = ATTACKS["universal"](SoftmaxPerceptron(models[0]), config, images, labels)
    assert result.models[0].n_fooled == expected.finish().success.sum()
    for one in result.fool_all:
        change = one.image - data.test.images[one.index]
        np.testing.assert_allclose(change, expected.best_shared[0], atol=1e-6)


def test_nothing_is_changed_in_what_is_read_as_wanted_already():
    data, models = learnt()
    predicted = SoftmaxPerceptron(models[0]).predict(data.test.images)
    rows = np.flatnonzero(predicted == 2)
    some = data.test.take(rows)
    transfer = Transfer(models, some, ATTACKS["fgsm"], some_settings("fgsm", target=2))
    list(transfer.run())
    result = transfer.found()
    assert (result.n_images, result.models[0].n_fooled) == (len(rows), 0)
    assert result.models[0].n_right == result.models[0].n_right_crafted


def test_bad_models_and_targets_are_refused_in_words():
    data, models = learnt()
    attack = ATTACKS["fgsm"]
    with pytest.raises(SettingError, match="no model to craft on"):
        Transfer([], data.test, attack, some_settings("fgsm"))
    with pytest.raises(SettingError, match="different images or classes"):
        Transfer([models[0], models[1][:3]], data.test, attack, some_settings("fgsm"))
    with pytest.raises(SettingError, match="no class of this model"):
        list(Transfer(models, data.test, attack, some_settings("fgsm", target=9)).run())
    flat = np.zeros_like(models[0])
    with pytest.raises(SettingError, match="Train the model first"):
        list(Transfer([flat], data.test, attack, some_settings("fgsm")).run())
