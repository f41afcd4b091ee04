"""The catalogue's facts, against what was written down independently, and real MNIST by name."""

from __future__ import annotations

import gzip
import re
import string
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from core_samples import REPOSITORY, mnist_folder

from core.data.config import DataConfig
from core.sources import NAMED_SOURCES, limits, open_dataset
from core.sources.catalogue.dataset_cache import CACHE_VARIABLE, available
from core.sources.catalogue.entries import CATALOGUE
from core.sources.catalogue.mirrors import MIRROR_VARIABLE

FACTS = REPOSITORY.parent / "shared" / "design" / "facts.md"
ENTRIES = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)


def test_the_names():
    assert list(CATALOGUE) == [
        "mnist",
        "fashion-mnist",
        "kmnist",
        "emnist-balanced",
        "emnist-letters",
    ]
    assert not set(CATALOGUE) & set(NAMED_SOURCES)


@ENTRIES
def test_an_entry_is_complete(entry):
    assert entry.label
    assert entry.licence
    assert re.fullmatch(r"[^.]+\.", entry.summary), "one sentence"
    assert urlsplit(entry.home).scheme in ("http", "https")
    assert all(address.endswith("/") and urlsplit(address).hostname for address in entry.mirrors)
    assert len(set(entry.mirrors)) == len(entry.mirrors) >= 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in entry.files)
    assert limits.MIN_CLASSES <= len(set(entry.class_names)) == len(entry.class_names)
    assert len(entry.class_names) <= limits.MAX_CLASSES
    assert len(entry.cached_names) == len(set(entry.cached_names)) == 4
    assert all(Path(name).name == name for name in entry.cached_names)
    assert sum("images-idx3-ubyte.gz" in name for name in entry.cached_names) == 2
    assert all(file.n_bytes <= limits.MAX_FILE_BYTES for file in entry.files)
    assert not available(entry)


def test_sizes_and_classes():
    # As published: the sets' papers, and the sizes that TensorFlow Datasets lists.
    assert {key: entry.n_bytes for key, entry in CATALOGUE.items()} == {
        "mnist": 9912422 + 28881 + 1648877 + 4542,
        "fashion-mnist": 26421880 + 29515 + 4422102 + 5148,
        "kmnist": 18165135 + 29497 + 3041136 + 5120,
        "emnist-balanced": 561753746,
        "emnist-letters": 561753746,
    }
    assert {key: len(entry.class_names) for key, entry in CATALOGUE.items()} == {
        "mnist": 10,
        "fashion-mnist": 10,
        "kmnist": 10,
        "emnist-balanced": 47,
        "emnist-letters": 26,
    }
    assert CATALOGUE["emnist-letters"].first_label == 1
    assert "".join(CATALOGUE["emnist-letters"].class_names) == string.ascii_lowercase
    assert CATALOGUE["fashion-mnist"].class_names[9] == "Ankle boot"
    assert CATALOGUE["kmnist"].class_names[9] == "を wo"


def test_both_emnist_sets_come_from_one_archive():
    one, two = CATALOGUE["emnist-balanced"], CATALOGUE["emnist-letters"]
    assert one.files == two.files
    assert {member.key for member in one.files[0].members} == {one.key, two.key}
    assert "emnist-letters-train-images-idx3-ubyte.gz" in two.cached_names
    assert all(name.startswith(f"{one.key}-") for name in one.cached_names)


@pytest.mark.skipif(not FACTS.exists(), reason="the facts measured at design time are not here")
@pytest.mark.parametrize("key", ["mnist", "fashion-mnist", "kmnist"])
def test_hashes_are_those_of_the_facts(key):
    facts = FACTS.read_text("utf-8")
    order = [facts.find(file.sha256) for file in CATALOGUE[key].files]
    assert -1 not in order
    assert order == sorted(order), "train images, train labels, test images, test labels"
    assert all(address in facts for address in CATALOGUE[key].mirrors[:1]), (
        "the mirror that is asked first"
    )


def test_the_setting_names_sets_of_the_catalogue():
    words = DataConfig.__dataclass_fields__["dataset"].metadata
    assert "mnist, fashion-mnist" in str(words)


@pytest.mark.skipif(mnist_folder() is None, reason="../shared/data/mnist is not there")
class TestRealMnist:
    def test_mnist_shows_up_by_name(self, monkeypatch):
        monkeypatch.setenv(MIRROR_VARIABLE, str(mnist_folder()))
        dataset = open_dataset("mnist")
        assert dataset.name == "MNIST"
        assert dataset.class_names == tuple(string.digits)
        with gzip.open(mnist_folder() / "train-labels-idx1-ubyte.gz") as stream:
            labels = np.frombuffer(stream.read(), np.uint8, offset=8)
        np.testing.assert_array_equal(dataset.train.labels, labels)
        assert dataset.train.n_samples == 60_000

    def test_it_is_found_below_the_folder_of_all_sets(self):
        dataset = open_dataset("mnist", mirror=str(mnist_folder().parent))
        assert dataset.name == "MNIST"
        # The first label of the original: a handwritten five.
        assert dataset.train.labels[:5].tolist() == [5, 0, 4, 1, 9]

    def test_what_is_published_is_told_from_what_is_not(self):
        """A copy with other bytes never gets into the cache as if it were the published one."""
        entry = CATALOGUE["mnist"]
        dataset = open_dataset("mnist", mirror=str(mnist_folder()))
        published = all(
            (mnist_folder() / file.name).stat().st_size == file.n_bytes for file in entry.files
        )
        assert available(entry) == published
        assert any("not checked" in note for note in dataset.notes) != published
