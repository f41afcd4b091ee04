from __future__ import annotations

import json
import os
import pickle
import stat
import struct
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from core.errors import ModelError, SettingError
from core.learning.config import TrainingConfig
from core.learning.model_file import SavedModel, load_model, save_model
from core.learning.training import Checkpoint, EpochRecord, Trainer

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = TrainingConfig(epochs=3)


def a_model(n_classes: int = 4, shape: tuple[int, int] = (3, 4)) -> SavedModel:
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((n_classes, shape[0] * shape[1] + 1)).astype(np.float32)
    names = tuple(f"class {k}" for k in range(n_classes))
    return SavedModel(weights, shape, names, "tiny", 2.5, asdict(CONFIG))


def header(content: bytes) -> dict[str, Any]:
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length])


def with_about(model: SavedModel, **changes: Any) -> bytes:
    """Return a file whose JSON says something else."""
    about = {
        "format": "perceptron-explorer model 1",
        "image_shape": model.image_shape,
        "class_names": model.class_names,
        "dataset": "tiny",
        "epoch": 1,
        "settings": {},
    }
    return save({"weights": model.weights}, metadata={"about": json.dumps({**about, **changes})})


@pytest.mark.parametrize(("n_classes", "shape"), [(2, (1, 1)), (4, (3, 4)), (100, (28, 28))])
def test_a_model_reads_back_bit_for_bit(tmp_path: Path, n_classes: int, shape: Any) -> None:
    model = a_model(n_classes, shape)
    save_model(tmp_path / "m.safetensors", model)
    read = load_model(tmp_path / "m.safetensors")
    assert read.weights.tobytes() == model.weights.tobytes()
    assert not read.weights.flags.writeable
    for name in ("image_shape", "class_names", "dataset", "epoch", "settings"):
        assert getattr(read, name) == getattr(model, name)
    assert TrainingConfig(**read.settings) == CONFIG
    assert [file.name for file in tmp_path.iterdir()] == ["m.safetensors"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077], ids=oct)
def test_it_may_be_read_by_whoever_may_read_other_new_files(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        save_model(tmp_path / "m.safetensors", a_model())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "m.safetensors").stat().st_mode) == 0o666 & ~umask


def test_other_programs_can_read_it(tmp_path: Path) -> None:
    from safetensors import safe_open

    model = a_model()
    save_model(tmp_path / "m.safetensors", model)
    with safe_open(tmp_path / "m.safetensors", framework="np") as file:
        assert list(file.keys()) == ["weights"]
        np.testing.assert_array_equal(file.get_tensor("weights"), model.weights)
        assert json.loads(file.metadata()["about"])["class_names"] == list(model.class_names)


class Bomb:
    """What a pickle would execute."""

    def __reduce__(self) -> Any:
        return exec, ("raise SystemExit('executed')",)


NAN = replace(a_model(), weights=np.full((4, 13), np.nan, np.float32))
WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no model"),
    "text": (b"hello, this is no model at all", "no model"),
    "a pickle": (pickle.dumps(Bomb()), "no model"),
    "cut": (with_about(a_model())[:-5], "no model"),
    "trailing": (with_about(a_model()) + b"0", "no model"),
    "header of 2**62 bytes": (struct.pack("<Q", 2**62) + b"{}", "no model"),
    "other tensors": (save({"w": a_model().weights}), "no model"),
    "no metadata": (save({"weights": a_model().weights}), "no model"),
    "another format": (with_about(a_model(), format="model 9"), "model 9"),
    "shape of words": (with_about(a_model(), image_shape=["a", "b"]), "no whole number"),
    "other image": (with_about(a_model(), image_shape=[5, 5]), "do not belong to 4 classes of 5 x"),
    "huge image": (with_about(a_model(), image_shape=[10**6, 10**6]), "do not belong"),
    "other classes": (with_about(a_model(), class_names=["a", "b"]), "do not belong to 2 classes"),
    "an epoch beyond all floats": (with_about(a_model(), epoch=10**400), "no model"),
    "an infinite epoch": (with_about(a_model(), epoch=float("inf")), "its epoch is inf"),
    "an epoch that is none": (with_about(a_model(), epoch=float("nan")), "its epoch is nan"),
    "not finite": (with_about(NAN), "not finite"),
    "other numbers": (save({"weights": np.zeros((4, 13))}), "of type float64, not float32"),
    "complex": (save({"weights": np.zeros((4, 13), np.complex64)}), "no model"),
    "truth as a side": (with_about(a_model(), image_shape=[True, 12]), "no whole number"),
    "classes as one word": (with_about(a_model(), class_names="abcd"), "are no list"),
    "classes as numbers": (with_about(a_model(), class_names=[1, 2, 3, 4]), "is no word"),
    "a number for the data": (with_about(a_model(), dataset=7), "7 is no word"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, what: str) -> None:
    content, words = WRONG[what]
    file = tmp_path / "bad.safetensors"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.safetensors") as raised:
        load_model(file)
    assert words in str(raised.value)


@pytest.mark.parametrize("where", ["dataset", "format", "class_names"])
def test_words_of_a_stranger_are_short_and_harmless(tmp_path: Path, where: str) -> None:
    words = "\x1b[2J\n" + "y" * 500_000
    content = with_about(a_model(), **{where: [words] * 4 if where == "class_names" else words})
    file = tmp_path / "strange.safetensors"
    file.write_bytes(content)
    try:
        model = load_model(file)
    except ModelError as error:
        said = [str(error)]
    else:
        said = [model.dataset, *model.class_names]
    assert all(word.isprintable() and len(word) < 600 for word in said)


@QUICK
@given(st.data())
def test_no_damage_escapes_as_another_error(tmp_path_factory: Any, data: Any) -> None:
    content = bytearray(with_about(a_model()))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        model = load_model(file)
    except ModelError:
        return
    assert np.isfinite(model.weights).all()


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.safetensors"
    with file.open("wb") as stream:
        stream.truncate(10**9)
    with pytest.raises(ModelError, match="1,000 MB are no model"):
        load_model(file)


@pytest.mark.parametrize("name", ["nothing", "no\0name"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path / name)


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="choose another folder"):
        save_model(tmp_path / "none" / "m.safetensors", a_model())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors" / "within").mkdir(parents=True)
    with pytest.raises(ModelError, match="choose another folder"):
        save_model(tmp_path / "m.safetensors", a_model())
    assert [file.name for file in tmp_path.iterdir()] == ["m.safetensors"]


def test_a_model_of_other_data_is_refused() -> None:
    a_model().check_fits(tiny_dataset())
    for other in (tiny_dataset(shape=(4, 3)), tiny_dataset(n_classes=5)):
        with pytest.raises(ModelError, match="open fitting data first"):
            a_model().check_fits(other)


def test_a_run_goes_on_from_saved_weights_as_it_would_have() -> None:
    """Full batches and no shuffling: nothing but the weights carries over an epoch."""
    data = tiny_dataset()
    config = TrainingConfig(epochs=6, batch_size=63, shuffle=False)
    whole = [event for event in Trainer(data, config).run() if isinstance(event, EpochRecord)]
    again = Trainer(data, replace(config, epochs=3), start=Checkpoint(whole[3].weights))
    rest = [event for event in again.run() if isinstance(event, EpochRecord)]
    assert [record.weights.tobytes() for record in rest] == [
        record.weights.tobytes() for record in whole[3:]
    ]


def test_weights_of_another_shape_are_no_start() -> None:
    with pytest.raises(SettingError, match="do not fit"):
        Trainer(tiny_dataset(), CONFIG, start=Checkpoint(np.zeros((2, 3), np.float32)))
