"""Which attack is chosen, with what numbers, on which image and toward what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.attack import FROM_IMAGE, FROM_NOISE, AttackChoice
from core.attack.methods.descent import Descent

if TYPE_CHECKING:
    from core.attack import AttackConfig, AttackSettings
    from core.parameters import Parameter

_NUMBERS = ("steps", "rate", "pull", "box")
"""What the command line says of the practical's descent, images and target apart."""


class ChosenAttack:
    """The attack, its settings, and what it is after.

    Attributes
    ----------
    choice : which attack, and the settings of all
    untargeted : whether any class but the one read will do
    """

    def __init__(self, config: AttackConfig) -> None:
        first = AttackChoice()
        self.choice = replace(first, settings={**first.settings, Descent.name: config.settings})
        self.untargeted = False
        self.steps_set = False
        """Whether a person has said how many steps are to be made."""
        self._images = config
        self._made: tuple[AttackConfig, AttackChoice, AttackConfig] | None = None
        """What :attr:`config` was made of, and what it was: a film asks for it in every frame."""

    @property
    def config(self) -> AttackConfig:
        """Images, target, and the practical's numbers, as a command line has them."""
        made = self._made
        if made is None or made[0] is not self._images or made[1] is not self.choice:
            descent = self.choice.settings[Descent.name]
            numbers = {name: getattr(descent, name) for name in _NUMBERS}
            made = self._made = self._images, self.choice, replace(self._images, **numbers)
        return made[2]

    @property
    def name(self) -> str:
        """Its name in ``core.attack.ATTACKS``."""
        return self.choice.name

    @property
    def ends_itself(self) -> bool:
        """Whether its film may end when it has shown what there is to see."""
        return self.choice.attack.goes_on and not self.steps_set

    @property
    def begins_anywhere(self) -> bool:
        """Whether it may begin as noise."""
        return self.choice.attack.begins_anywhere

    @property
    def begins_as_noise(self) -> bool:
        """Whether it does."""
        return self._images.start is None

    @property
    def noise(self) -> int | None:
        """The seed of the noise it begins as; None where it begins at the image."""
        return self._images.seed if self.begins_as_noise else None

    @property
    def target(self) -> int | None:
        """The class wanted, or None for any other."""
        return None if self.untargeted else self._images.target

    @property
    def norm(self) -> str:
        """What it measures a change by; where it does not ask, by its length."""
        return str(self.choice.current.get("norm"))

    @property
    def budget(self) -> float:
        """The largest size allowed: its own, or the one set last in its norm."""
        last = self.choice.budgets.get(self.norm, self.choice.budgets["l2"])
        return float(getattr(self.choice.current, "budget", last))

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1; an attack that does not ask keeps them there."""
        return bool(self.choice.current.get("box"))

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its declared settings but images and target, in order."""
        return self.choice.parameters

    def value(self, name: str) -> Any:
        """Return one of those settings."""
        return self.choice.value(name)

    def set(self, **settings: Any) -> None:
        """Change settings of the attack, or images and target as the command line names them.

        Raises
        ------
        SettingError
            If one of them is out of its range; then nothing is changed.
        """
        choice, images = self.choice, {}
        for name, value in settings.items():
            if name in self.parameters:
                self.steps_set |= name == "steps"
                choice = choice.with_setting(name, value)
            else:
                images[name] = value
        self._images = replace(self._images, **images)
        self.choice = choice

    def measure(self, norm: str, *, boxed: bool) -> None:
        """Measure changes so, in every attack that can."""
        self.choice = self.choice.measured(norm, boxed=boxed)

    def begin_as_noise(self, noise: bool, index: int) -> None:
        """Begin as faint noise, or as image ``index`` itself."""
        before, after = (FROM_IMAGE, FROM_NOISE) if noise else (FROM_NOISE, FROM_IMAGE)
        descent = self.choice.chosen(Descent.name)
        if noise != self.begins_as_noise:
            # The practical pulls noise toward an image; what was pulled is not there any more.
            descent = descent.with_setting("pull", 0.0)
        for name in ("rate", "steps"):
            # What suits one start does not suit the other; numbers a person has set stay.
            if descent.value(name) == getattr(before, name):
                descent = descent.with_setting(name, getattr(after, name))
        self.choice = descent.chosen(self.name)
        self.untargeted &= not noise
        self._images = replace(self._images, start=None if noise else index)

    def settings(self) -> AttackSettings:
        """Return its settings, the target among them."""
        return replace(self.choice.current, target=self.target)
