"""Settings declared once: every default fits, everything else is refused in words."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.attack import AttackConfig
from core.data.config import DataConfig
from core.errors import ExplorerError, SettingError
from core.learning.config import TrainingConfig
from core.parameters import Parameter, Settings, parameter, parameters_of

CONFIGS = [DataConfig, TrainingConfig, AttackConfig]
DECLARED = [
    pytest.param(config, name, declared, id=f"{config.__name__}.{name}")
    for config in CONFIGS
    for name, declared in parameters_of(config).items()
]
EVERY_PARAMETER = pytest.mark.parametrize(("config", "name", "declared"), DECLARED)


def refusal(config, **settings):
    with pytest.raises(SettingError) as caught:
        config(**settings)
    return str(caught.value)


@pytest.mark.parametrize("config", CONFIGS)
def test_every_field_is_declared_and_every_default_fits(config):
    assert list(parameters_of(config)) == [field.name for field in dataclasses.fields(config)]
    assert parameters_of(config()) == parameters_of(config)
    config()


@EVERY_PARAMETER
def test_every_setting_has_words_for_people(config, name, declared):
    assert declared.label
    assert declared.help.endswith(".")
    assert declared.range_text()
    if declared.kind in ("int", "float", "index", "choice", "bool") and name != "part":
        assert declared.formula
    if declared.kind == "index":
        assert declared.none_word
    if declared.kind == "choice":
        assert len(declared.choices) >= 2
        assert all(declared.choices.values())


@EVERY_PARAMETER
def test_every_formula_can_be_filled_with_its_value(config, name, declared):
    value = getattr(config(), name)
    filled = declared.formula.format(value=value)
    assert "{" not in filled
    assert ("{value" in declared.formula) == (filled != declared.formula)


@EVERY_PARAMETER
def test_both_ends_of_every_range_fit_and_nothing_beyond(config, name, declared):
    if declared.low is None or declared.high is None:
        assert declared.kind not in ("int", "float")
        return
    for inside in (declared.low, declared.high):
        assert getattr(config(**{name: inside}), name) == inside
    for outside in (declared.low - 1, declared.high + 1):
        message = refusal(config, **{name: outside})
        assert message.startswith(f"{declared.label} must be ")


@EVERY_PARAMETER
def test_no_setting_takes_another_type(config, name, declared):
    wrong = {
        "int": [1.5, "1", True, None, [1]],
        "index": [1.5, "1", True, [1]],
        "float": ["1", True, None, math.nan, math.inf, -math.inf],
        "bool": [1, "yes", None],
        "choice": ["nothing like it", "", None, 1],
        "text": [1, None],
    }
    for value in wrong[declared.kind]:
        message = refusal(config, **{name: value})
        assert message.startswith(f"{declared.label} must be ")


@EVERY_PARAMETER
def test_logarithmic_ranges_have_a_logarithm(config, name, declared):
    if declared.log_scale:
        assert declared.low > 0


def test_what_can_change_during_a_run():
    live = {name for name, declared in parameters_of(TrainingConfig).items() if declared.live}
    assert live == {"learning_rate", "batch_size", "l2", "momentum", "epochs"}


def test_a_learning_rate_of_a_billion_is_refused_with_its_range():
    assert refusal(TrainingConfig, learning_rate=1e9) == (
        "Learning rate must be a number from 1e-06 to 1000, not 1e+09"
    )
    assert "from 1e-06 to 1000, not 0" in refusal(TrainingConfig, learning_rate=0.0)
    assert refusal(TrainingConfig, learning_rate=-0.1).endswith("not -0.1")
    assert refusal(TrainingConfig, learning_rate=math.nan).endswith("not nan")


def test_a_choice_names_its_choices():
    assert refusal(TrainingConfig, init="ones") == (
        "Start must be one of zeros, uniform, normal, not 'ones'"
    )


def test_whole_numbers_are_written_in_full():
    """Rounded to 1e+06 a refused number would look like the limit it breaks."""
    message = refusal(TrainingConfig, batch_size=1_000_001)
    assert "1000000" in message.replace(",", "")
    assert "1000001" in message.replace(",", "")
    assert "2147483647" in refusal(TrainingConfig, seed=-1).replace(",", "")


def test_a_number_too_large_for_a_float_is_refused_like_any_other():
    assert refusal(TrainingConfig, epochs=10**400).startswith("Stop at epoch must be ")
    assert refusal(TrainingConfig, learning_rate=10**400).startswith("Learning rate must be ")


@pytest.mark.parametrize("value", [None, 0, 17, 10**9])
def test_an_index_is_a_number_or_nothing(value):
    assert AttackConfig(start=value).start == value


def test_an_index_says_how_nothing_is_written():
    text = parameters_of(AttackConfig)["start"].range_text()
    assert text == "noise or a whole number, 0 or more"
    assert refusal(AttackConfig, start="three").startswith("Start from must be noise or ")


@given(st.floats(), st.floats(-100, 100), st.floats(0, 100))
def test_a_number_fits_exactly_if_it_lies_in_the_range(value, low, width):
    declared = Parameter("float", "Number", "Help.", low=low, high=low + width)
    assert (declared.problem(value) == "") == (low <= value <= low + width)


@given(st.integers(), st.integers(-100, 100), st.integers(0, 100))
def test_a_whole_number_fits_exactly_if_it_lies_in_the_range(value, low, width):
    declared = Parameter("int", "Number", "Help.", low=low, high=low + width)
    assert (declared.problem(value) == "") == (low <= value <= low + width)


def test_whole_numbers_are_numbers_too():
    assert TrainingConfig(learning_rate=1).learning_rate == 1


@dataclasses.dataclass(frozen=True)
class Example(Settings):
    """Two settings and something that is none."""

    size: int = parameter(3, "int", "Size", "Help.", low=1, high=5)
    on: bool = parameter(True, "bool", "On", "Help.")
    note: str = "free"


def test_parameters_are_read_from_class_and_instance_in_order():
    assert list(parameters_of(Example)) == ["size", "on"]
    assert parameters_of(Example())["size"].high == 5
    assert Example().size == 3


def test_the_first_bad_setting_is_named():
    Example()
    with pytest.raises(SettingError, match=r"^Size must be a whole number from 1 to 5, not 9$"):
        Example(size=9, on=7)
    with pytest.raises(ExplorerError, match=r"^On must be on or off"):
        Example(on=7)


@pytest.mark.parametrize("config", CONFIGS)
def test_configs_are_frozen_and_compare_by_value(config):
    assert config() == config()
    assert hash(config()) == hash(config())
    name = next(iter(parameters_of(config)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config(), name, 1)


def test_a_label_within_a_sentence_begins_small_unless_it_is_a_symbol():
    words = {name: item.within for name, item in parameters_of(TrainingConfig).items()}
    assert words["learning_rate"] == "learning rate"
    assert words["l2"] == "L2 decay"
