"""The command line, built from the declared parameters: nothing about a setting is retyped here.

With ``--report`` or ``--script`` the options describe a run without a window; else they preset it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from core.data.config import DataConfig
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.presets import PRESETS, Preset
from core.parameters import parameters_of
from core.sources.reading import ReadingConfig
from core.store import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.attack import AttackConfig
    from core.data.dataset import Dataset
    from core.parameters import Parameter

_ATTACK_PREFIX = "attack_"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the command line asked for.

    Attributes
    ----------
    report : folder of the headless report, or None
    save, workspace : file that the run of a report is kept in; whose runs it is of; or None
    script : file of the run as a script, or None; with neither the window opens
    data, reading, training : complete settings, defaults included
    attack : the same, or None where nothing was said of it
    target : name of the class the attack is pushed toward; empty where none was given
    explicit : the settings that were given, by field name, an attack's with ``attack_`` before
    """

    report: Path | None = None
    script: Path | None = None
    save: Path | None = None
    workspace: Path | None = None
    data: DataConfig = field(default_factory=DataConfig)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    attack: AttackConfig | None = None
    target: str = ""
    explicit: frozenset[str] = frozenset()

    def attack_for(self, dataset: Dataset) -> AttackConfig:
        """Return the attack on ``dataset``.

        The default target is no class of a smaller set: its last class stands in.

        Raises
        ------
        SettingError
            If no class has the name that was given as the target.
        """
        from core.attack import AttackConfig

        attack = self.attack or AttackConfig()
        if self.target:
            return replace(attack, target=dataset.class_called(self.target))
        return replace(attack, target=min(attack.target, dataset.n_classes - 1))


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing a usage text and leaving the program."""

    def error(self, message: str) -> NoReturn:
        words = message.removeprefix("argument ")
        raise SettingError(words.replace("expected one argument", "a value is missing"))


def option_name(field_name: str) -> str:
    """Return ``--learning-rate`` for ``learning_rate``."""
    return "--" + field_name.replace("_", "-")


def _escaped(text: str) -> str:
    return text.replace("%", "%%")  # argparse formats help texts


def default_text(declared: Parameter, value: object) -> str:
    """Return a setting's value in the words used to give it."""
    words = str(value) if declared.kind == "choice" else declared.words(value)
    return f"{words} ({declared.zero_word})" if value == 0 and declared.zero_word else words


def help_text(declared: Parameter, default: object) -> str:
    """Return help, range and default of one setting, all as declared."""
    shown = [] if declared.kind in ("text", "bool") else [declared.range_text()]
    if declared.kind == "choice":
        shown = [", ".join(f"{name} ({words})" for name, words in declared.choices.items())]
    shown.append(f"default: {default_text(declared, default)}")
    return _escaped(f"{declared.help} [{'; '.join(shown)}]")


def reader(declared: Parameter, option: str) -> Callable[[str], Any]:
    """Return the function that reads one setting from its text.

    It raises SettingError with the option, the range and what was given instead.
    """

    def read(text: str) -> Any:
        value: Any = text
        try:
            if declared.kind == "index":
                value = None if text == declared.none_word else int(text)
            elif declared.kind == "int":
                value = int(text)
            elif declared.kind == "float":
                value = float(text)
        except ValueError:
            wrong = True
        else:
            negative_index = declared.kind == "index" and value is not None and value < 0
            empty = declared.kind == "text" and not text
            wrong = bool(declared.problem(value)) or negative_index or empty
        if wrong:
            expected = "given" if declared.kind == "text" else declared.range_text()
            raise SettingError(f"{option} must be {expected}, not {text!r}{declared.meant(value)}")
        return value

    return read


def _metavar(declared: Parameter) -> str:
    if declared.kind == "choice":
        return "{" + ",".join(declared.choices) + "}"
    if declared.kind == "index":
        return f"{declared.none_word}|INDEX"
    return {"int": "N", "float": "X", "text": "TEXT"}[declared.kind]


def _add_options(group: argparse._ArgumentGroup, config: type[Any], prefix: str = "") -> None:
    defaults = {item.name: item.default for item in fields(config)}
    for name, declared in parameters_of(config).items():
        option = option_name(prefix + name)
        words = help_text(declared, defaults[name])
        # SUPPRESS: what is absent stays absent, so that a preset can come in between.
        shared: dict[str, Any] = {
            "help": words,
            "default": argparse.SUPPRESS,
            "dest": prefix + name,
        }
        if prefix + name == "attack_target":  # a name, which only the data can tell
            shared["help"] = f"{declared.help} Give its name. [default: the eighth or last one]"
            read = reader(replace(declared, kind="text"), option)
            group.add_argument(option, type=read, metavar="CLASS", **shared)
        elif declared.kind == "bool":
            group.add_argument(option, action=argparse.BooleanOptionalAction, **shared)
        else:
            read = reader(declared, option)
            group.add_argument(option, type=read, metavar=_metavar(declared), **shared)


def _read_folder(text: str) -> Path:
    if not text.strip():
        raise SettingError("--report must be a folder, not an empty name")
    return Path(text)


def _read_workspace(text: str) -> Path:
    if Path(text).suffix != SUFFIX:
        raise SettingError(f"a file of runs must end in {SUFFIX}, not {text!r}")
    return Path(text)


def _read_script(text: str) -> Path:
    if Path(text).suffix != ".py":
        raise SettingError(f"--script must be a file that ends in .py, not {text!r}")
    return Path(text)


def _read_preset(text: str) -> Preset:
    if text not in PRESETS:
        raise SettingError(f"--preset must be one of {', '.join(PRESETS)}, not {text!r}")
    return PRESETS[text]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser: one option per declared setting, grouped as the settings are."""
    from core.attack import AttackConfig

    parser = _Parser(
        description="See a softmax perceptron learn handwritten digits, and be fooled. Opens the "
        "window; with --report DIR it runs without a display and writes a report.",
        allow_abbrev=False,
        add_help=False,
    )
    general = parser.add_argument_group("what to do")
    general.add_argument("-h", "--help", action="help", help="show this text and leave")
    general.add_argument(
        "--report",
        type=_read_folder,
        metavar="DIR",
        help="write curves, pictures, numbers and a page that shows them into this folder; "
        "without it the options preset the window",
    )
    general.add_argument(
        "--script",
        type=_read_script,
        metavar="FILE.py",
        help="write the run that the options describe as a script that needs NumPy alone, its "
        "images beside it, and leave",
    )
    general.add_argument(
        "--save",
        type=_read_workspace,
        metavar=f"FILE{SUFFIX}",
        help="with --report: keep the run, its curves and weights in this file",
    )
    general.add_argument(
        "--workspace",
        type=_read_workspace,
        metavar=f"FILE{SUFFIX}",
        help="with --report: of all runs that this file keeps, without training any",
    )
    presets = "; ".join(f"{name}: {preset.help}" for name, preset in PRESETS.items())
    general.add_argument(
        "--preset",
        type=_read_preset,
        metavar="{" + ",".join(PRESETS) + "}",
        help=_escaped(f"start from these settings ({presets}); other options override them"),
    )
    _add_options(parser.add_argument_group("data"), DataConfig)
    _add_options(parser.add_argument_group("reading a file"), ReadingConfig)
    _add_options(parser.add_argument_group("training"), TrainingConfig)
    _add_options(parser.add_argument_group("attack"), AttackConfig, _ATTACK_PREFIX)
    return parser


def _unknown(word: str, parser: argparse.ArgumentParser) -> SettingError:
    if not word.startswith("-"):
        return SettingError(f"unexpected argument {word!r}; --help lists the options")
    known = [option for action in parser._actions for option in action.option_strings]
    import difflib

    near = difflib.get_close_matches(word.split("=")[0], known, n=1)
    hint = f"did you mean {near[0]}?" if near else "--help lists the options"
    return SettingError(f"unknown option {word}; {hint}")


def _check_together(
    report: Path | None,
    save: Path | None,
    workspace: Path | None,
    given: dict[str, Any],
    preset: Preset | None,
) -> None:
    """Raise SettingError for options that mean nothing beside one another."""
    for option, value in (("--save", save), ("--workspace", workspace)):
        if value is not None and report is None:
            raise SettingError(f"{option} goes with --report DIR; give that, too")
    if workspace is not None:
        said = [option_name(name) for name in given if not name.startswith(_ATTACK_PREFIX)]
        said += ["--preset"] * (preset is not None) + ["--save"] * (save is not None)
        if said:
            raise SettingError(
                f"--workspace holds runs that were trained already: leave out {said[0]}"
            )


def parse_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line; ``None`` means the program's own.

    Raises
    ------
    SettingError
        Naming the option, what was given and what would be right.
    SystemExit
        With code 0, after ``--help``.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if not words:
        return Arguments()  # a parser takes longer to make than all of them
    from core.attack import AttackConfig

    parser = make_parser()
    namespace, extra = parser.parse_known_args(words)
    if extra:
        raise _unknown(extra[0], parser)
    given = vars(namespace)
    report, script, preset = (given.pop(name) for name in ("report", "script", "preset"))
    save, workspace = given.pop("save"), given.pop("workspace")
    _check_together(report, save, workspace, given, preset)

    def chosen(config: type[Any], prefix: str = "") -> dict[str, Any]:
        names = parameters_of(config)
        return {name: given[prefix + name] for name in names if prefix + name in given}

    attack = chosen(AttackConfig, _ATTACK_PREFIX)
    target = attack.pop("target", "")
    data, training = DataConfig(**chosen(DataConfig)), TrainingConfig()
    if preset is not None:
        training, data = preset.apply(training, data)
    training = replace(training, **chosen(TrainingConfig))
    size = training.adversary_size
    if training.adversary == "linf" and size > 1:
        meant = parameters_of(TrainingConfig)["adversary_size"].meant(size)
        raise SettingError(f"--adversary-size {size:g} is more than a pixel can change{meant}")
    return Arguments(
        report=report,
        script=script,
        save=save,
        workspace=workspace,
        data=replace(data, **chosen(DataConfig)),
        reading=ReadingConfig(**chosen(ReadingConfig)),
        training=training,
        attack=AttackConfig(**attack) if attack or target else None,
        target=target,
        explicit=frozenset(given),
    )
