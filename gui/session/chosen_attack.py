"""Which attack is chosen and with what numbers, the practical's descent and all others alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.attack import AttackChoice
from core.parameters import parameters_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.attack import AttackConfig, AttackSettings, BatchAttack
    from core.learning.perceptron import SoftmaxPerceptron
    from core.parameters import Parameter

DESCENT = "descent"
_DESCENT_SETTINGS = ("steps", "rate", "pull", "box")
"""The practical's descent alone can begin from noise and be pulled toward an image; its numbers are
those of :class:`~core.attack.AttackConfig`, as the command line knows them."""


class ChosenAttack:
    """The attack, its settings, and what it is after.

    Attributes
    ----------
    config : images, target, and the numbers of the practical's descent
    choice : which attack, and the settings of all others
    untargeted : whether any class but the one read will do
    """

    def __init__(self, config: AttackConfig) -> None:
        self.config = config
        self.choice = AttackChoice()
        self.untargeted = False

    @property
    def name(self) -> str:
        """Its name in ``core.attack.ATTACKS``."""
        return self.choice.name

    @property
    def is_descent(self) -> bool:
        """Whether it is the practical's."""
        return self.choice.name == DESCENT

    @property
    def target(self) -> int | None:
        """The class wanted, or None for any other."""
        return None if self.untargeted else self.config.target

    @property
    def norm(self) -> str:
        """What it measures a change by; the practical's descent by its length."""
        return str(getattr(self.choice.current, "norm", "l2"))

    @property
    def budget(self) -> float:
        """The largest size allowed: its own, or the one set last in its norm."""
        last = self.choice.budgets.get(self.norm, self.choice.budgets["l2"])
        return float(getattr(self.choice.current, "budget", last))

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1; an attack that does not ask keeps them there."""
        return bool(self.value("box")) if "box" in self.parameters else True

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its declared settings but images and target, in order."""
        if self.is_descent:
            declared = parameters_of(self.config)
            return {name: declared[name] for name in _DESCENT_SETTINGS}
        return self.choice.parameters

    def value(self, name: str) -> Any:
        """Return one of those settings."""
        return getattr(self.config if self.is_descent else self.choice.current, name)

    def set(self, **settings: Any) -> None:
        """Change images, target, or settings.

        Raises
        ------
        SettingError
            If one of them is out of its range; then nothing is changed.
        """
        if self.is_descent or not set(settings) <= set(self.choice.parameters):
            self.config = replace(self.config, **settings)
            return
        choice = self.choice
        for name, value in settings.items():
            choice = choice.with_setting(name, value)
        self.choice = choice

    def on(
        self,
        model: SoftmaxPerceptron,
        images: NDArray[Any],
        labels: NDArray[np.int64] | None = None,
    ) -> BatchAttack:
        """Return the attack on images (n, n_features).

        Raises
        ------
        SettingError
            As :class:`~core.attack.BatchAttack`.
        """
        return self.choice.attack(model, self.settings(), images, labels)

    def settings(self) -> AttackSettings:
        """Return its settings, the target among them."""
        current = self.choice.current
        if self.is_descent:
            numbers = {name: getattr(self.config, name) for name in _DESCENT_SETTINGS}
            current = replace(current, **numbers)
        return replace(current, target=self.target)
