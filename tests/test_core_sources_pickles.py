"""Pickled arrays: those of Python 2 and of every protocol of today, and what is wrong with them."""

from __future__ import annotations

import collections
import gzip
import pickle
import struct

import numpy as np
import pytest

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.arrays.roles import ArraysUnclear
from core.sources.opening import look
from core.sources.pickles import format as pickles
from core.sources.reading import ReadingConfig

PROTOCOLS = pytest.mark.parametrize("protocol", range(6))


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    return str(caught.value)


def part(n, seed, side=6):
    """Return n images in 0..1 as float32 (n, side * side), and int64 labels (n,)."""
    rng = np.random.default_rng(seed)
    images = rng.random((n, side * side), dtype=np.float32)
    return images, rng.permutation(np.arange(n) % 5)


TRAIN, VALIDATION, TEST = part(50, 1), part(10, 2), part(20, 3)
LARGE = part(700, 4, side=16)  # 716,800 bytes: longer than what is kept as a bytes object


def write(path, content):
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def assert_holds(path, train, test=None, **reading):
    """Assert that ``path`` opens as these pairs, to float32's precision."""
    dataset = open_dataset(str(path), ReadingConfig(**reading))
    found_images, found_labels = dataset.train.images, dataset.train.labels
    images, labels = train[0].reshape(len(train[0]), -1), train[1]
    assert dataset.has_own_test == (test is not None)
    if test is None:
        found_images = np.concatenate((found_images, dataset.test.images))
        found_labels = np.concatenate((found_labels, dataset.test.labels))
        order, found_order = np.lexsort(images.T), np.lexsort(found_images.T)
        images, labels = images[order], labels[order]
        found_images, found_labels = found_images[found_order], found_labels[found_order]
    else:
        np.testing.assert_array_equal(dataset.test.images, test[0].reshape(len(test[0]), -1))
        np.testing.assert_array_equal(dataset.test.labels, test[1])
    np.testing.assert_array_equal(found_images, images)
    np.testing.assert_array_equal(found_labels, labels)


class Python2:
    """Writes what Python 2's cPickle and its NumPy wrote: strings are bytes, memo from 1 on.

    Layout: ``array_reduce`` gives (_reconstruct, (ndarray, (0,), 'b'), (1, shape, dtype,
    is_fortran, bytes)), ``arraydescr_reduce`` (dtype, ('f4', 0, 1), (3, '<', None, None, None, -1,
    -1, 0)). Modules are ``numpy.core``; a dtype occurs once and is fetched from the memo later.
    """

    def __init__(self, protocol):
        self.protocol = protocol
        self.n_memo = 0
        self.seen = {}

    def dumps(self, value):
        start = b"\x80\x02" if self.protocol == 2 else b""
        return start + self.save(value) + b"."

    def save(self, value):
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, dict):
            items = [self.save(key) + self.save(item) for key, item in value.items()]
            if self.protocol:
                return b"}" + self.put() + b"(" + b"".join(items) + b"u"
            return b"(d" + self.put() + b"".join(item + b"s" for item in items)
        if isinstance(value, list):
            items = b"".join(map(self.save, value))
            return b"]" + self.put() + b"(" + items + b"e" if self.protocol else b"(" + items + b"l"
        if isinstance(value, tuple):
            return self.tuple(*map(self.save, value)) + self.put()
        return self.string(value.encode("latin-1"))

    def put(self):
        self.n_memo += 1
        return b"q" + bytes([self.n_memo]) if self.protocol else b"p%d\n" % self.n_memo

    def once(self, key, content):
        """Return ``content()`` the first time, and what fetches it from the memo later."""
        if key in self.seen:
            i = self.seen[key]
            return b"h" + bytes([i]) if self.protocol else b"g%d\n" % i
        written = content() + self.put()
        self.seen[key] = self.n_memo
        return written

    def name(self, module, name):
        words = f"c{module}\n{name}\n".encode("ascii")
        return self.once((module, name), lambda: words)

    def tuple(self, *items):
        if self.protocol == 2 and 1 <= len(items) <= 3:
            return b"".join(items) + b"\x84\x85\x86\x87"[len(items) :][:1]
        return b"(" + b"".join(items) + b"t"

    def integer(self, value):
        if self.protocol == 0:
            return b"I%d\n" % value
        if 0 <= value < 256:
            return b"K" + bytes([value])
        return (
            b"M" + struct.pack("<H", value)
            if 0 <= value < 65536
            else b"J" + struct.pack("<i", value)
        )

    def string(self, raw):
        if self.protocol == 0:
            return b"S" + repr(raw)[1:].encode("ascii") + b"\n"  # as repr wrote str in Python 2
        if len(raw) < 256:
            return b"U" + bytes([len(raw)]) + raw
        return b"T" + struct.pack("<i", len(raw)) + raw

    def dtype(self, dtype):
        def content():
            code = self.string(dtype.str[1:].encode("ascii"))
            order = self.string(dtype.str[:1].encode("ascii"))
            made = self.tuple(code, self.integer(0), self.integer(1))
            size = self.integer(-1)
            state = [self.integer(3), order, b"N", b"N", b"N", size, size, self.integer(0)]
            return (
                self.name("numpy", "dtype") + made + b"R" + self.put() + self.tuple(*state) + b"b"
            )

        return self.once(dtype.str, content)

    def array(self, array):
        false, true = (b"\x89", b"\x88") if self.protocol == 2 else (b"I00\n", b"I01\n")
        fortran = array.ndim > 1 and array.flags.f_contiguous
        empty = self.tuple(self.integer(0))
        start = self.tuple(self.name("numpy", "ndarray"), empty, self.string(b"b"))
        made = self.name("numpy.core.multiarray", "_reconstruct") + start + b"R" + self.put()
        state = self.tuple(
            self.integer(1),
            self.tuple(*map(self.integer, array.shape)),
            self.dtype(array.dtype),
            true if fortran else false,
            self.string(array.tobytes("F" if fortran else "C")),
        )
        return made + state + b"b"


@pytest.fixture(scope="module", params=[0, 1, 2], ids=lambda protocol: f"protocol {protocol}")
def python_2(request):
    return lambda value: Python2(request.param).dumps(value)


def test_the_hand_made_python_2_pickles_are_pickles(python_2):
    """Python 3 reads them as numpy's documentation says it reads those of Python 2."""
    (images, labels), _, _ = pickle.loads(python_2((TRAIN, VALIDATION, TEST)), encoding="latin1")
    np.testing.assert_array_equal(images, TRAIN[0])
    np.testing.assert_array_equal(labels, TRAIN[1])


@pytest.mark.parametrize("name", ["mnist.pkl.gz", "mnist.pkl", "data"])
def test_the_practicals_own_file_opens(tmp_path, python_2, name):
    file = write(tmp_path / name, python_2((TRAIN, VALIDATION, TEST)))
    joined = [np.concatenate(both) for both in zip(TRAIN, VALIDATION, strict=True)]
    assert_holds(file, joined, TEST)
    dataset = open_dataset(str(file))
    (note,) = dataset.notes
    assert note == (
        "The file's 10 validation images are the last of the training images: 10 validation "
        "images give the file's own split."
    )
    np.testing.assert_array_equal(dataset.train.images[50:], VALIDATION[0])


@pytest.mark.parametrize(
    "value",
    [
        {"data": TRAIN[0], "target": TRAIN[1]},
        (TRAIN[0], TRAIN[1]),
        [np.asfortranarray(TRAIN[0]), TRAIN[1]],
        (TRAIN[0].astype(">f8"), TRAIN[1].astype(">i2")),
        (LARGE[0], LARGE[1]),
    ],
    ids=["dictionary", "tuple", "columns first", "big-endian", "large"],
)
def test_other_pickles_of_python_2_open(tmp_path, python_2, value):
    pair = LARGE if len(next(iter(value))) == 700 else TRAIN
    assert_holds(write(tmp_path / "a.pkl", python_2(value)), pair)


def exchanged(images):
    """Return the same images, stored in neither C's nor Fortran's order."""
    return np.ascontiguousarray(images.transpose(1, 0, 2)).transpose(1, 0, 2)


def images_of(pair, *shape):
    return pair[0].reshape(-1, *shape)


HOLDS = {
    "three pairs": ((TRAIN, VALIDATION, TEST), "joined"),
    "two pairs": ((TRAIN, TEST), "both"),
    "two pairs in lists": ([list(TRAIN), list(TEST)], "both"),
    "one pair": (TRAIN, "train"),
    "one-hot": ((TRAIN[0], np.eye(5)[TRAIN[1]]), "train"),
    "keras' names": (
        {"x_train": TRAIN[0], "y_train": TRAIN[1], "x_test": TEST[0], "y_test": TEST[1]},
        "both",
    ),
    "names of bytes": ({b"data": TRAIN[0], b"labels": TRAIN[1]}, "train"),
    "labels as a list": ({"data": TRAIN[0], "labels": TRAIN[1].tolist()}, "train"),
    "pair with a list": ((TRAIN[0], TRAIN[1].tolist()), "train"),
    "parts in a dictionary": ({"train": TRAIN, "test": TEST}, "both"),
    "dictionaries in it": (
        {
            "test": {"images": TEST[0], "labels": TEST[1]},
            "train": {"images": TRAIN[0], "labels": TRAIN[1]},
        },
        "both",
    ),
    "other things beside": (
        {
            "data": TRAIN[0],
            "target": TRAIN[1],
            "DESCR": "words",
            "version": 3,
            "rate": 0.5,
            "ready": True,
            "big": 2**70,
            "nothing": None,
            "one": np.float64(3),
            7: (),
        },
        "train",
    ),
    "ordered dictionary": (collections.OrderedDict(data=TRAIN[0], target=TRAIN[1]), "train"),
    "pictures": ((images_of(TRAIN, 6, 6), TRAIN[1]), "train"),
    "columns first": ((np.asfortranarray(images_of(TRAIN, 6, 6)), TRAIN[1]), "train"),
    "axes exchanged": (
        (
            exchanged(images_of(TRAIN, 6, 6)),
            TRAIN[1],
        ),
        "train",
    ),
    "big-endian": ((TRAIN[0].astype(">f4"), TRAIN[1].astype(">u2")), "train"),
    "small labels": ((TRAIN[0], TRAIN[1].astype(np.uint8)), "train"),
    "not writable": ("not writable", "train"),
    "large": (LARGE, "large"),
}


@PROTOCOLS
@pytest.mark.parametrize("case", HOLDS)
def test_pickles_of_every_protocol_open(tmp_path, case, protocol):
    value, expected = HOLDS[case]
    if case == "not writable":
        value = (TRAIN[0].copy(), TRAIN[1])
        value[0].flags.writeable = False
    file = write(tmp_path / "data.pickle", pickle.dumps(value, protocol))
    joined = tuple(np.concatenate(both) for both in zip(TRAIN, VALIDATION, strict=True))
    pairs = {
        "joined": (joined, TEST),
        "both": (TRAIN, TEST),
        "train": (TRAIN,),
        "large": (LARGE,),
    }
    assert_holds(file, *pairs[expected])


def with_old_names(content):
    """Return a pickle with NumPy 1's module names, the length of its frame corrected."""
    new = content.replace(b"\x8c\x16numpy._core.multiarray", b"\x8c\x15numpy.core.multiarray")
    new = new.replace(b"\x8c\x13numpy._core.numeric", b"\x8c\x12numpy.core.numeric")
    new = new.replace(b"cnumpy._core.", b"cnumpy.core.")
    if content[2:3] == b"\x95":
        (size,) = struct.unpack("<Q", content[3:11])
        new = new[:3] + struct.pack("<Q", size - len(content) + len(new)) + new[11:]
    return new


@PROTOCOLS
def test_the_names_of_both_numpys_are_known(tmp_path, protocol):
    content = pickle.dumps(TRAIN, protocol).replace(b"numpy.core.", b"numpy._core.")
    for name, written in (("new", content), ("old", with_old_names(content))):
        assert (b"_core" in written) == (name == "new")
        assert_holds(write(tmp_path / f"{name}.pkl", written), TRAIN)


@PROTOCOLS
def test_words_and_truth_values_are_read(tmp_path, protocol):
    value = {"X": TRAIN[0] > 0.5, "y": np.array(["ä", "b", "c", "d", "e"])[TRAIN[1]]}
    file = write(tmp_path / "a.pkl", pickle.dumps(value, protocol))
    dataset = open_dataset(str(file))
    assert dataset.class_names == ("b", "c", "d", "e", "ä")
    assert set(np.unique(dataset.train.images)) == {0, 1}


@PROTOCOLS
def test_where_it_is_unclear_the_window_can_ask(tmp_path, protocol):
    n = len(TEST[1])  # two halves of the same size, as train_test_split may return them
    split = [TRAIN[0][:n], TEST[0], TRAIN[1][:n], TEST[1]]
    file = write(tmp_path / "a.pkl", pickle.dumps(split, protocol))
    with pytest.raises(ArraysUnclear) as caught:
        open_dataset(str(file))
    assert [array.name for array in caught.value.candidates] == ["0", "1", "2", "3"]
    assert caught.value.guess == {
        "train_images": "0",
        "train_labels": "2",
        "test_images": "1",
        "test_labels": "3",
    }
    text = "train_images=0,train_labels=2,test_images=1,test_labels=3"
    assert_holds(file, (TRAIN[0][:n], TRAIN[1][:n]), TEST, arrays=text)


class Anything:
    """A class of this module."""


def replaced(old, new, value=TRAIN, protocol=2):
    content = pickle.dumps(value, protocol)
    assert old in content
    return content.replace(old, new)


IMAGES_SHAPE = b"K2K$\x86"  # (50, 36)
OBJECTS = np.array([{}] * 50)

WRONG = {
    "cut at once": (b"\x80\x04", "the pickle ends early, after 2 bytes; copy or download it again"),
    "cut in the values": (
        pickle.dumps(TRAIN, 3)[:500],
        "the pickle has BINBYTES at byte",
    ),
    "cut at its end": (pickle.dumps(TRAIN, 4)[:-1], "cut short: the pickle ends early, after"),
    "cut and compressed": (
        gzip.compress(pickle.dumps(TRAIN, 3))[:-200],
        "the gzip stream ends early",
    ),
    "more after it": (
        pickle.dumps(TRAIN[0]) + pickle.dumps(TRAIN[1]),
        "there is more data after the end of the pickle, at byte",
    ),
    "another object": (
        pickle.dumps(Anything()),
        "nothing is ever run, and it was not opened. Expected dictionaries, lists and tuples of "
        "NumPy arrays: store the arrays by np.savez",
    ),
    "masked array": (
        pickle.dumps((np.ma.array(TRAIN[0]), TRAIN[1])),
        "this pickle asks for numpy.ma",
    ),
    "matrix": (
        replaced(b"cnumpy\nndarray", b"cnumpy\ndtype"),
        "where an empty array, filled later is asked for in an unknown way",
    ),
    "a set": (pickle.dumps({1, 2}, 4), "has EMPTY_SET at byte"),
    "no array": (pickle.dumps({"a": 1, "b": "c"}), "no array in it can be images"),
    "one number": (pickle.dumps(7), "no array in it can be images"),
    "images alone": (pickle.dumps(TRAIN[0]), "the labels are missing, one per image"),
    "one array per image": (
        pickle.dumps([np.zeros((2, 2))] * 1001),
        "the labels are missing, one per image in an array like y or labels; it holds array (1001",
    ),
    "objects": (pickle.dumps({"X": OBJECTS, "y": TRAIN[1]}, 2), "X (50, object)"),
    "records": (
        pickle.dumps({"X": np.zeros(50, dtype="u1,f4"), "y": TRAIN[1]}, 2),
        "X (50, object)",
    ),
    "too few labels": (
        pickle.dumps((TRAIN[0], TRAIN[1][:-1])),
        "images has 50 images but labels has 49 labels; the two must belong together",
    ),
    "too few validation labels": (
        pickle.dumps((TRAIN, (VALIDATION[0], VALIDATION[1][1:]), TEST)),
        "validation/images has 10 images but validation/labels has 9 labels",
    ),
    "labels of other things": (
        pickle.dumps({"X": TRAIN[0], "y": [1] * 49 + ["one"]}),
        "y: it is a list of other things than whole numbers",
    ),
    "labels beyond 64 bits": (
        pickle.dumps({"X": TRAIN[0], "y": [1] * 49 + [2**63]}),
        "y: it is a list of other things than whole numbers",
    ),
    "two arrays of one name": (
        pickle.dumps({"a": {"b": TRAIN[0]}, "a/b": TRAIN[0]}),
        "two arrays in it are called 'a/b'",
    ),
    "a key twice": (
        b"\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00aK\x02u.",
        "has SETITEMS at byte 20, which says twice what 'a' is",
    ),
    "a shape that lies": (
        replaced(IMAGES_SHAPE, b"K3K$\x86"),
        "images has 51 images but labels has 50 labels",
    ),
    "both shapes lie": (
        replaced(IMAGES_SHAPE, b"K2K%\x86"),
        "images: 50 x 37 values of type float32 need 7400 bytes, there are 7200",
    ),
    "a shape that is negative": (
        replaced(IMAGES_SHAPE, b"J\xff\xff\xff\xffK$\x86"),
        "where the shape of an array is no shape",
    ),
    "a shape that is a word": (
        replaced(IMAGES_SHAPE, b"X\x02\x00\x00\x00ab"),
        "where the shape of an array is no shape",
    ),
    "an unknown byte order": (
        replaced(b"X\x01\x00\x00\x00<", b"X\x01\x00\x00\x00!"),
        "where a type of values has an unknown byte order",
    ),
    "an unknown type": (
        replaced(b"X\x02\x00\x00\x00f4", b"X\x02\x00\x00\x00g9"),
        "images (50 x 36, object)",
    ),
    "a wide type": (
        replaced(b"X\x02\x00\x00\x00f4", b"X\x0b\x00\x00\x00V2147483647"),
        "images (50 x 36, object)",
    ),
    "a wide word": (
        replaced(b"X\x02\x00\x00\x00f4", b"X\x0a\x00\x00\x00S999999999"),
        "images (50 x 36, object)",
    ),
    "another encoding": (
        replaced(b"latin1", b"utf-16"),
        "where text is to be encoded otherwise than in latin-1",
    ),
    "letters beyond 255": (
        replaced(b"\x01" * 36, "\u0100".encode() * 18, value=(np.ones((2, 36), "u1"), TRAIN[1])),
        "where the bytes of an array have letters beyond 255",
    ),
    "protocol 6": (b"\x80\x05\x80\x06N.", "PROTO at byte 2, of protocol 6; expected 0 to 5"),
    "nothing on the stack": (b"\x80\x02.", "STOP at byte 2, where it makes no sense"),
    "no mark": (b"\x80\x02t.", "TUPLE at byte 2, where it makes no sense"),
    "nothing in the memo": (b"\x80\x02h\x07.", "BINGET at byte 2, where it makes no sense"),
    "append to nothing": (b"\x80\x02NNa.", "APPEND at byte 4, where it makes no sense"),
    "assign to nothing": (b"\x80\x02NNNs.", "SETITEM at byte 5, where it makes no sense"),
    "half an item": (b"\x80\x02}(Nu.", "SETITEMS at byte 5, where it makes no sense"),
    "call a number": (b"\x80\x02K\x01)R.", "REDUCE at byte 5, where it makes no sense"),
    "no utf-8": (
        b"\x80\x02X\x01\x00\x00\x00\xff.",
        "BINUNICODE at byte 2, where it makes no sense",
    ),
    "no integer": (b"(I1x\nc__main__\nA\n.", "INT at byte 1, where it makes no sense"),
    "no float": (b"(F1x\nc__main__\nA\n.", "FLOAT at byte 1, where it makes no sense"),
    "no quotes": (b"(Sabc\nc__main__\nA\n.", "STRING at byte 1, where it makes no sense"),
    "an unknown escape": (b"(S'\\z'\nc__main__\nA\n.", "STRING at byte 1, where it makes no sense"),
    "a quote too many": (b"(S'\\'\nc__main__\nA\n.", "STRING at byte 1, where it makes no sense"),
    "a line without end": (b"(cmodule\nname\n" + b"I" + b"1" * 2000, "asks for module.name"),
    "an endless number": (
        b"\x80\x02I" + b"1" * 2000,
        "no line ends within 1,000 bytes after byte 3",
    ),
    "an unknown instruction": (
        b"\x80\x02\xff.",
        "has 0xff at byte 2, which is no instruction that",
    ),
}


@pytest.mark.parametrize("case", [case for case in WRONG if WRONG[case][1]])
def test_what_is_wrong_is_named(tmp_path, case):
    content, words = WRONG[case]
    file = write(tmp_path / "data.pkl", content)
    message = refusal(file)
    assert message.startswith(f"{file}: ")
    assert words in message


def test_objects_do_no_harm_where_nobody_wants_them(tmp_path):
    content = pickle.dumps({"X": TRAIN[0], "about": OBJECTS, "y": TRAIN[1]}, 2)
    assert_holds(write(tmp_path / "data.pkl", content), TRAIN)


def test_an_instruction_too_many_is_refused(tmp_path, monkeypatch):
    content = pickle.dumps(TRAIN, 4)
    open_dataset(str(write(tmp_path / "data.pkl", content)))
    monkeypatch.setattr(limits, "MAX_PICKLE_STEPS", 50)
    assert "more than 50 instructions until here; arrays need about a hundred" in refusal(
        tmp_path / "data.pkl"
    )


@pytest.mark.parametrize(
    "text",
    [
        "class\nzebra crossing\n3,4,5\n",
        "(not a pickle at all)",
        "label,pixel0,pixel1\n",
        "]}",
        "c\n\n",
        "cats and dogs\nare animals\n",
    ],
)
def test_text_is_no_pickle(tmp_path, text):
    assert not pickles.recognises(look(write(tmp_path / "notes", text.encode())))


@PROTOCOLS
@pytest.mark.parametrize("kind", ["words", "numpy's numbers", "big-endian numbers"])
def test_labels_may_be_a_list(tmp_path, protocol, kind):
    images, labels = TRAIN
    listed = {
        "words": [f"class {label}" for label in labels],
        "numpy's numbers": list(labels),
        "big-endian numbers": list(labels.astype(">i4")),
    }[kind]
    value = {"data": images, "labels": listed, "filenames": [f"{i}.png" for i in range(50)]}
    path = write(tmp_path / "set.pkl", pickle.dumps(value, protocol))
    dataset = open_dataset(str(path))
    names = [f"class {i}" for i in range(5)] if kind == "words" else list("01234")
    assert list(dataset.class_names) == names
    assert_holds(path, TRAIN)


@PROTOCOLS
def test_a_list_of_words_and_other_things_is_refused(tmp_path, protocol):
    value = {"data": TRAIN[0], "labels": ["a", "b"] * 24 + ["c", 7]}
    path = write(tmp_path / "set.pkl", pickle.dumps(value, protocol))
    assert "labels: it is a list of other things than words" in refusal(path)


def test_cifar_100_opens_as_its_authors_wrote_it(tmp_path):
    """A dictionary by Python 2: rows of three colours, two lists of labels, and file names."""
    rng = np.random.default_rng(0)
    n = 50_000  # as many instructions as the real one has; its images are 32 x 32
    labels = rng.permutation(np.arange(n) % 100)

    def listed(entries):
        return b"](" + b"".join(entries) + b"e"

    names = [b"U\x05%05dq%c" % (i, 200) for i in range(n)]
    writer = Python2(2)
    content = b"\x80\x02}("
    content += writer.string(b"filenames") + listed(names)
    for key, k in ((b"fine_labels", 100), (b"coarse_labels", 20)):
        content += writer.string(key) + listed(b"K%c" % (label % k) for label in labels)
    content += writer.string(b"data")
    content += writer.array(rng.integers(256, size=(n, 48), dtype=np.uint8)) + b"u."
    path = write(tmp_path / "train", content)
    with pytest.raises(ArraysUnclear) as asked:  # fine or coarse?
        open_dataset(str(path))
    assert {info.name for info in asked.value.candidates} == {
        "fine_labels",
        "coarse_labels",
        "data",
    }
    reading = ReadingConfig(arrays="train_images=data,train_labels=fine_labels")
    dataset = open_dataset(str(path), reading)
    assert (dataset.n_classes, dataset.image_shape) == (100, (4, 4))
