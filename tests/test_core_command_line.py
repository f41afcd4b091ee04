from __future__ import annotations

import os
import pkgutil
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from core_samples import tiny_dataset

import core
from core.attack import AttackConfig
from core.command_line import Arguments, make_parser, option_name, parse_arguments
from core.data.config import DataConfig
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.presets import TP_PRESET
from core.parameters import parameters_of
from core.sources.reading import ReadingConfig

REPOSITORY = Path(__file__).resolve().parents[1]

EVERY_OPTION = """--report out --script run.py --save a.perceptron
--dataset digits8 --train-size 900 --test-size 400
--validation-size 90 --test-share 20 --split-seed 3 --label-noise 12.5 --pixel-noise 0.1
--noise-seed 4 --ink dark --full-ink 99.5 --orientation columns --label-column last
--ignored-columns row
--picture-side 16 --image-height 7 --arrays train_images=a,train_labels=b --epochs 3 --batch-size 7
--learning-rate 0.25 --l2 0.001 --momentum 0.9 --init normal --no-shuffle --seed 5
--adversary linf --adversary-size 0.3
--attack-start 4 --attack-target cat --attack-steps 11 --attack-rate 0.3
--attack-pull 0.5 --attack-toward 6 --attack-part test --attack-box --attack-seed 9""".split()


def test_nothing_given_means_the_declared_defaults():
    arguments = parse_arguments([])
    assert arguments == Arguments(
        report=None,
        data=DataConfig(),
        reading=ReadingConfig(),
        training=TrainingConfig(),
        attack=None,
        explicit=frozenset(),
    )
    assert arguments.attack_for(tiny_dataset(n_classes=10)) == AttackConfig()


def test_every_option_reaches_its_setting():
    arguments = parse_arguments(EVERY_OPTION)
    assert arguments.report == Path("out")
    assert arguments.script == Path("run.py")
    assert arguments.save == Path("a.perceptron")
    assert arguments.data == DataConfig("digits8", 900, 400, 90, 20.0, 3, 12.5, 0.1, 4)
    arrays = "train_images=a,train_labels=b"
    assert arguments.reading == ReadingConfig("dark", 99.5, "columns", "last", "row", 16, 7, arrays)
    assert arguments.training == TrainingConfig(
        0.25, 7, 0.001, 0.9, 3, "normal", False, 5, "linf", 0.3
    )
    assert arguments.target == "cat"
    assert arguments.attack == AttackConfig(4, 7, 11, 0.3, 0.5, 6, "test", True, 9)
    assert {"seed", "attack_seed", "shuffle", "dataset"} <= arguments.explicit


def test_there_is_an_option_for_every_declared_setting():
    options = re.findall(r"--[a-z0-9-]+", make_parser().format_help())
    for config, prefix in ((DataConfig, ""), (TrainingConfig, ""), (AttackConfig, "attack_")):
        for name in parameters_of(config):
            assert option_name(prefix + name) in options


@pytest.mark.parametrize("order", [1, -1])
def test_explicit_options_override_the_preset_whatever_their_order(order):
    pieces = [["--preset", "tp"], ["--epochs", "3"], ["--shuffle"]][::order]
    arguments = parse_arguments([word for piece in pieces for word in piece])
    assert parse_arguments(["--preset", "tp"]).training == TP_PRESET
    assert arguments.training == TrainingConfig(init="uniform", shuffle=True, epochs=3)


def test_noise_is_a_start_and_none_is_no_chosen_image():
    attack = parse_arguments(["--attack-start", "noise", "--attack-toward", "none"]).attack
    assert attack.start is None
    assert attack.toward is None
    assert parse_arguments(["--attack-start", "0"]).attack.start == 0


def test_default_target_follows_the_number_of_classes_but_a_given_one_stays():
    ten, two = tiny_dataset(n_classes=10), tiny_dataset(n_classes=2)
    assert parse_arguments([]).attack_for(ten).target == 7
    assert parse_arguments([]).attack_for(two).target == 1
    assert parse_arguments(["--attack-target", "class 0"]).attack_for(two).target == 0


def test_a_target_is_a_name_and_no_number():
    data = replace(tiny_dataset(n_classes=4), class_names=("3", "Eel", "EEL", "0"))
    for name, place in (("3", 0), ("0", 3), ("Eel", 1), ("EEL", 2)):
        assert parse_arguments(["--attack-target", name]).attack_for(data).target == place
    for name in ("1", "eel", "7"):
        with pytest.raises(SettingError, match=f"'{name}' is no class of .*are 3, Eel, EEL, 0"):
            parse_arguments(["--attack-target", name]).attack_for(data)
    data = replace(data, class_names=("cat", "dog", "eel", "fox"))
    assert parse_arguments(["--attack-target", "DOG"]).attack_for(data).target == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--learning-rate 1e9", "--learning-rate must be a number from 1e-06 to 1000, not '1e9'"),
        ("--learning-rate nan", "--learning-rate must be a number"),
        ("--learning-rate ten", "--learning-rate must be a number"),
        ("--adversary linf --adversary-size 8", "ink is 0 to 1, and 8 of 255 is 0.031"),
        ("--adversary-size 16", "not '16': ink is 0 to 1, and 16 of 255 is 0.063"),
        ("--pixel-noise 25.5", "not '25.5': ink is 0 to 1, and 25.5 of 255 is 0.1"),
        ("--attack-target=", "--attack-target must be given"),
        ("--epochs ten", "--epochs must be a whole number"),
        ("--epochs 2.5", "--epochs must be a whole number"),
        ("--epochs 0", "--epochs must be a whole number"),
        ("--init foo", "--init must be one of zeros, uniform, normal, not 'foo'"),
        ("--l2 -1", "--l2 must be a number from 0 to 10"),
        ("--attack-start -1", "--attack-start must be noise or a whole number"),
        ("--attack-start somewhere", "--attack-start must be noise or a whole number"),
        ("--attack-part validation", "--attack-part must be one of train, test"),
        ("--preset mine", "--preset must be one of sensible, tp, fast, full, tiny, not 'mine'"),
        ("--epoch 3", "unknown option --epoch; did you mean --epochs?"),
        ("--frobnicate", "unknown option --frobnicate; --help lists"),
        ("mnist", "unexpected argument 'mnist'"),
        ("--epochs", "--epochs: a value is missing"),
        ("--report", "--report: a value is missing"),
    ],
)
def test_bad_input_is_one_sentence_that_says_what_would_be_right(words, expected, capsys):
    with pytest.raises(SettingError) as caught:
        parse_arguments(words.split())
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


def test_what_a_message_advises_is_taken():
    advised = parse_arguments("--adversary linf --adversary-size 0.031".split()).training
    assert (advised.adversary, advised.adversary_size) == ("linf", 0.031)
    assert parse_arguments("--adversary l2 --adversary-size 8".split()).training.adversary_size == 8


@pytest.mark.parametrize("option", ["--report", "--dataset"])
def test_an_empty_name_is_refused(option):
    with pytest.raises(SettingError, match=option):
        parse_arguments([option, ""])


def test_help_is_grouped_and_read_from_the_declarations(capsys):
    with pytest.raises(SystemExit) as caught:
        parse_arguments(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for heading in ("what to do:", "data:", "training:", "attack:"):
        assert heading in text
    for config in (DataConfig, TrainingConfig, AttackConfig):
        for declared in parameters_of(config).values():
            assert declared.help.split(",")[0] in text


def run_main(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(REPOSITORY / "main.py"), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--epochs", "a\nb"],
        pytest.param(["--learning-rate", "1e9"], marks=pytest.mark.long),
        pytest.param(["--init", "foo"], marks=pytest.mark.long),
        pytest.param(["--nonsense"], marks=pytest.mark.long),
    ],
)
def test_main_answers_bad_options_with_one_line_and_code_2(words):
    done = run_main(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_main_shows_help():
    done = run_main("--help", COLUMNS="100")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--learning-rate X" in done.stdout


def test_installed_main_finds_core_inside_its_package(tmp_path):
    # A stand-in for the wheel: main.py and core inside a package, nothing else on the path.
    package = tmp_path / "site" / "perceptron_explorer"
    package.mkdir(parents=True)
    for name in ("main.py", "core", "assets"):
        (package / name).symlink_to(REPOSITORY / name)
    # resolve() would follow the link out of the package, as no installer's files do.
    (package / "main.py").unlink()
    (package / "main.py").write_text((REPOSITORY / "main.py").read_text())
    code = "from perceptron_explorer.main import run; run(['--help'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--report DIR" in done.stdout


def test_all_of_core_imports_where_qt_cannot():
    code = (
        "import sys, pkgutil, importlib\n"
        "for name in ('PySide6', 'shiboken6', 'pyqtgraph', 'gui'):\n"
        "    sys.modules[name] = None\n"
        "import core\n"
        "names = [m.name for m in pkgutil.walk_packages(core.__path__, 'core.')]\n"
        "for name in names:\n"
        "    importlib.import_module(name)\n"
        "print(len(names))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(list(pkgutil.walk_packages(core.__path__, "core."))) > 15
