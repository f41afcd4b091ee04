"""Data sets people know by name: what they are, how large, under which licence, and where from.

Only data: :mod:`core.sources.catalogue.downloads` fetches them,
:mod:`core.sources.catalogue.opening` opens them. A further set is a further entry of
:data:`CATALOGUE`.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from core.errors import DatasetError

_IDX_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive that is kept.

    Attributes
    ----------
    inside : its name within the archive
    key : the entry it belongs to, and so the folder of the cache it goes into
    name : its name there
    """

    inside: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that a mirror has.

    Attributes
    ----------
    name : after the mirror's address
    n_bytes, sha256 : what it must be, to the byte
    members : what is taken out of it where it is an archive; the archive itself is not kept
    """

    name: str
    n_bytes: int
    sha256: str
    members: tuple[Member, ...] = ()

    def names_for(self, key: str) -> tuple[str, ...]:
        """Return the names of what it brings into the folder of the entry ``key``."""
        if not self.members:
            return (self.name,)
        return tuple(member.name for member in self.members if member.key == key)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A data set that can be had by name.

    Attributes
    ----------
    key : the name to ask for, also a folder's name ("fashion-mnist")
    label : what people call it
    summary : what it is, in one sentence
    licence : under which its makers published it
    home : the address of its makers' page
    n_train, n_test : images of the two parts
    class_names : of the labels ``first_label``, ``first_label + 1``, ...
    files : what is downloaded
    mirrors : addresses that end in "/", tried in order
    first_label : the smallest label stored
    """

    key: str
    label: str
    summary: str
    licence: str
    home: str
    n_train: int
    n_test: int
    class_names: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    mirrors: tuple[str, ...]
    first_label: int = 0

    @property
    def n_bytes(self) -> int:
        """How much is downloaded, in bytes."""
        return sum(file.n_bytes for file in self.files)

    @property
    def cached_names(self) -> tuple[str, ...]:
        """Names of the files that lie in its folder of the cache once it is there."""
        return tuple(name for file in self.files for name in file.names_for(self.key))

    @property
    def source(self) -> str:
        """Licence and origin, in words."""
        return f"{self.licence}, from {self.home}"


class NotDownloaded(DatasetError):
    """A set of the catalogue is not on this machine yet.

    Attributes
    ----------
    key : of its entry
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def _four_files(*found: tuple[int, str]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(name, n_bytes, sha256)
        for name, (n_bytes, sha256) in zip(_IDX_NAMES, found, strict=True)
    )


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(", "))


# Sizes and hashes of MNIST, Fashion-MNIST, KMNIST and EMNIST's archive: TensorFlow Datasets'
# tensorflow_datasets/url_checksums/{mnist,fashion_mnist,kmnist,emnist}.txt.

_MNIST = CatalogueEntry(
    key="mnist",
    label="MNIST",
    summary="Digits written by American high-school pupils and census employees; the set that "
    "everybody begins with.",
    licence="CC BY-SA 3.0",
    home="http://yann.lecun.com/exdb/mnist/",
    n_train=60_000,
    n_test=10_000,
    class_names=tuple(string.digits),
    files=_four_files(
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
)

_FASHION = CatalogueEntry(
    key="fashion-mnist",
    label="Fashion-MNIST",
    summary="Pictures of ten kinds of clothes, shoes and bags from a shop; harder than digits.",
    licence="MIT",
    home="https://github.com/zalandoresearch/fashion-mnist",
    n_train=60_000,
    n_test=10_000,
    class_names=_names(
        "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"
    ),
    files=_four_files(
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        # Where Keras and the makers' repository keep the same four files.
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
)

_KMNIST = CatalogueEntry(
    key="kmnist",
    label="KMNIST",
    summary="Ten hiragana in the cursive script of old Japanese books, one of each row; one "
    "character is written in several quite different ways.",
    licence="CC BY-SA 4.0",
    home="https://github.com/rois-codh/kmnist",
    n_train=60_000,
    n_test=10_000,
    class_names=_names("お o, き ki, す su, つ tsu, な na, は ha, ま ma, や ya, れ re, を wo"),
    files=_four_files(
        (18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        (29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        (3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        (5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
    mirrors=(
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
)

_EMNIST_SETS = ("balanced", "letters")
_EMNIST_PARTS = tuple(
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "test")
    for kind in ("images-idx3", "labels-idx1")
)
_EMNIST_ARCHIVE = RemoteFile(
    "gzip.zip",
    561_753_746,
    "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    # One download serves both sets.
    tuple(
        Member(f"gzip/emnist-{name}-{part}", f"emnist-{name}", f"emnist-{name}-{part}")
        for name in _EMNIST_SETS
        for part in _EMNIST_PARTS
    ),
)
_EMNIST_LICENCE = "no licence stated (published by NIST; cite Cohen et al. 2017)"
_EMNIST_HOME = "https://www.nist.gov/itl/products-and-services/emnist-dataset"
_EMNIST_MIRRORS = (
    "https://biometrics.nist.gov/cs_links/EMNIST/",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
)

_EMNIST_BALANCED = CatalogueEntry(
    key="emnist-balanced",
    label="EMNIST balanced",
    summary="Handwritten digits and letters, as many of each; small letters that look like their "
    "capitals share a class with them.",
    licence=_EMNIST_LICENCE,
    home=_EMNIST_HOME,
    n_train=112_800,
    n_test=18_800,
    # The small letters that differ enough from their capitals: Cohen et al. 2017, table II.
    class_names=(*string.digits, *string.ascii_uppercase, *"abdefghnqrt"),
    files=(_EMNIST_ARCHIVE,),
    mirrors=_EMNIST_MIRRORS,
)

_EMNIST_LETTERS = CatalogueEntry(
    key="emnist-letters",
    label="EMNIST letters",
    summary="The 26 handwritten letters, each class holding small ones and capitals.",
    licence=_EMNIST_LICENCE,
    home=_EMNIST_HOME,
    n_train=124_800,
    n_test=20_800,
    class_names=tuple(string.ascii_lowercase),
    files=(_EMNIST_ARCHIVE,),
    mirrors=_EMNIST_MIRRORS,
    first_label=1,
)

CATALOGUE: dict[str, CatalogueEntry] = {
    entry.key: entry for entry in (_MNIST, _FASHION, _KMNIST, _EMNIST_BALANCED, _EMNIST_LETTERS)
}
"""Key -> entry, in the order shown."""
