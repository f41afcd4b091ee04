"""Archives from strangers: what leads out writes nothing, and names never act."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_files import entry, npy, zip_of

from core.errors import DatasetError
from core.sources import open_dataset

X = np.zeros((4, 2, 2))


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["../../evil", "/tmp/evil", "C:\\evil", "C:/X", "../X", "/X", "a/../../X", "\\X", "..\\X"],
)
@pytest.mark.parametrize("suffix", ["npz", "zip"])
@pytest.mark.parametrize("kind", [".npy", ""])
def test_an_archive_that_leads_out_writes_nothing(tmp_path, name, suffix, kind):
    (tmp_path / "in").mkdir()
    pair = entry(f"{name}{kind}", npy(X)), entry(f"y{kind}", npy(np.arange(4) % 2))
    path = zip_of(tmp_path / "in" / f"a.{suffix}", *pair)
    before = sorted(tmp_path.rglob("*"))
    message = refusal(path)
    assert "leads out of the archive; such an archive is a trap" in message
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mred\x1b[0m", "a\u202egnp.exe", "a\x07"])
def test_names_that_steer_a_terminal_are_shown_as_escapes(tmp_path, name):
    path = zip_of(tmp_path / "a.npz", entry(f"{name}.npy", npy(X)), entry("z.npy", npy(X[:, None])))
    message = refusal(path)
    assert message.isprintable()
    assert name not in message
    assert "the labels are missing" in message


def test_a_member_without_a_name_does_no_harm(tmp_path):
    pair = entry("X.npy", npy(np.eye(4).reshape(4, 2, 2))), entry("y.npy", npy(np.arange(4) % 2))
    path = zip_of(tmp_path / "a.npz", *pair, entry("", b"nothing"))
    assert open_dataset(str(path)).n_classes == 2
