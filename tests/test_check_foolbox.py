"""Our attacks against foolbox's, where it is installed: ``uv run --extra check pytest``."""

from __future__ import annotations

import numpy as np
import pytest
from check_samples import (
    BUDGETS,
    N_CLASSES,
    STEPS,
    exact_in_box,
    learnt_model,
    rightly_read,
    within_two_points,
)

from core.attack import ATTACKS, NORMS
from core.data.dataset import Split
from core.exact.closed_form import smallest_changes

torch = pytest.importorskip("torch", reason="the extra `check` is not installed")
foolbox = pytest.importorskip("foolbox", reason="the extra `check` is not installed")

FGSM = {
    "l2": foolbox.attacks.L2FastGradientAttack,
    "linf": foolbox.attacks.LinfFastGradientAttack,
}
PGD = {
    "l2": foolbox.attacks.L2ProjectedGradientDescentAttack,
    "linf": foolbox.attacks.LinfProjectedGradientDescentAttack,
}
DEEPFOOL = {"l2": foolbox.attacks.L2DeepFoolAttack, "linf": foolbox.attacks.LinfDeepFoolAttack}

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


def theirs(model, bounds=(0, 1)):
    """Return the same model for foolbox, in float64."""
    layer = torch.nn.Linear(model.n_features, model.n_classes, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(model.weights[:, 1:].copy()))
        layer.bias.copy_(torch.from_numpy(model.weights[:, 0].copy()))
    return foolbox.PyTorchModel(layer.eval(), bounds=bounds, device="cpu")


def as_tensors(images, labels):
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.copy())


@both_norms
@pytest.mark.parametrize("target", [None, 2])
def test_fgsm_is_equal_pixel_by_pixel(norm, target):
    model, images, labels = learnt_model()
    rows = slice(None) if target is None else model.predict(images) != target
    images, labels = images[rows], labels[rows]
    config = ATTACKS["fgsm"].settings(
        norm=norm, budget=BUDGETS[norm], objective="cross_entropy", target=target
    )
    ours = list(ATTACKS["fgsm"](model, config, images, labels).run(keep_images=True))[-1].images
    x, y = as_tensors(images, labels)
    # Its fast gradient method is untargeted; one step of its basic iterative one is the same.
    attack = FGSM[norm](random_start=False)
    criterion = y
    if target is not None:
        attack = PGD[norm](random_start=False, steps=1, rel_stepsize=1.0)
        criterion = foolbox.criteria.TargetedMisclassification(torch.full_like(y, target))
    raw, _, _ = attack(theirs(model), x, criterion, epsilons=BUDGETS[norm])
    np.testing.assert_allclose(ours, raw.numpy(), atol=1e-5, rtol=0)


def from_start(attack, start):
    """Let an attack of foolbox begin at these images."""

    class FromStart(attack):
        def get_random_start(self, x0, epsilon):
            del epsilon
            return foolbox.attacks.base.ep.astensor(torch.from_numpy(start.copy()))

    return FromStart


@both_norms
@pytest.mark.parametrize("random_start", [False, True])
def test_pgd_succeeds_as_often_from_the_same_start(norm, random_start):
    model, images, labels = learnt_model()
    config = ATTACKS["pgd"].settings(
        norm=norm,
        budget=BUDGETS[norm],
        steps=STEPS,
        step_size=0.1,
        objective="cross_entropy",
        random_start=random_start,
    )
    attack = ATTACKS["pgd"](model, config, images, labels)
    steps = list(attack.run(keep_images=True))
    x, y = as_tensors(images, labels)
    their = from_start(PGD[norm], steps[0].images)(
        steps=STEPS, rel_stepsize=0.1, random_start=random_start
    )
    raw, _, success = their(theirs(model), x, y, epsilons=BUDGETS[norm])
    # The last of our steps is what theirs gives out; our result keeps the best of all.
    np.testing.assert_allclose(steps[-1].images, raw.numpy(), atol=1e-5, rtol=0)
    within_two_points(steps[-1].success, success.numpy())
    within_two_points(attack.result().success, success.numpy())


@both_norms
def test_their_deepfool_finds_the_closed_form(norm):
    """Without the box, that is in one so wide that no change comes to its walls."""
    model, images, labels = rightly_read()
    changes = smallest_changes(model.weights, Split(images.astype(np.float32), labels))
    exact = changes.sizes[norm]
    x, y = as_tensors(images, labels)
    # It looks at so many rivals alone: at all of them it is exact on a linear model.
    attack = DEEPFOOL[norm](overshoot=1e-4, candidates=N_CLASSES)
    raw, _, success = attack(theirs(model, bounds=(-100, 100)), x, y, epsilons=None)
    assert success.numpy().all()
    sizes = NORMS[norm].sizes(raw.numpy() - images)
    # It goes 1e-4 beyond every boundary, however near.
    np.testing.assert_allclose(sizes, exact, rtol=0.01, atol=1.1e-4)
    ours = ATTACKS["deepfool"].settings(norm=norm, box=False, overshoot=1e-4)
    result = ATTACKS["deepfool"](model, ours, images, labels).finish()
    np.testing.assert_allclose(result.sizes, exact, rtol=0.01)


@both_norms
@pytest.mark.parametrize("name", ["FGSM", "PGD", "DeepFool"])
def test_no_attack_of_theirs_needs_less_than_the_exact_size(norm, name):
    """In the box, where the exact size takes a search."""
    model, images, labels = rightly_read()
    changes = exact_in_box()
    exact = changes.sizes[norm]
    kind = {"FGSM": FGSM, "PGD": PGD, "DeepFool": DEEPFOOL}[name][norm]
    x, y = as_tensors(images, labels)
    sizes = [None] if name == "DeepFool" else list(np.quantile(exact, [0.2, 0.5, 0.8]))
    for size in sizes:
        raw, _, success = kind()(theirs(model), x, y, epsilons=size)
        success = success.numpy()
        needed = NORMS[norm].sizes(raw.numpy() - images)
        assert (needed[success] >= exact[success] * (1 - 1e-6)).all()
        assert size is None or not success[exact > size * (1 + 1e-6)].any()
