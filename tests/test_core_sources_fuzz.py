"""Thousands of damaged and made-up files: each opens, or is refused by a DatasetError.

Run with ``uv run pytest -m fuzz``. ``PERCEPTRON_FUZZ_SEED`` (a number) gives other inputs,
``PERCEPTRON_FUZZ_INPUTS`` another number of damaged files of each kind.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import struct
import sys
import time
import traceback
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from core_samples import idx_bytes
from fuzz_files import SUBJECTS, damaged, zipped
from hostile import MAX_EXTRA_BYTES, MAX_SECONDS
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from test_core_sources_pictures import png_chunk, png_header

from core.errors import DatasetError, printable
from core.sources import limits, open_dataset

pytestmark = pytest.mark.fuzz

SEED = int(os.environ.get("PERCEPTRON_FUZZ_SEED", "20261124"))
DAMAGED_EACH = int(os.environ.get("PERCEPTRON_FUZZ_INPUTS", "500"))
MADE_UP_EACH = 300
MIN_INPUTS = 10_000
MAX_INPUT_BYTES = 100_000

SLIPS = (AttributeError, NameError, LookupError, TypeError, AssertionError)
CORE = Path(__file__).resolve().parents[1] / "core"

tally: dict[str, Counter[str]] = {}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        assert len(content) <= MAX_INPUT_BYTES
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def check_dataset(dataset) -> None:
    """Assert what everything after opening relies on."""
    n_pixels = dataset.image_shape[0] * dataset.image_shape[1]
    assert 1 <= min(dataset.image_shape)
    assert max(dataset.image_shape) <= limits.MAX_IMAGE_SIDE
    assert limits.MIN_CLASSES <= dataset.n_classes <= limits.MAX_CLASSES
    for split in (dataset.train, dataset.test):
        assert split.images.shape == (split.n_samples, n_pixels)
        assert split.n_samples > 0
        assert split.images.dtype == np.float32
        assert np.isfinite(split.images).all()
        assert 0 <= split.images.min() <= split.images.max() <= 1
        assert 0 <= split.labels.min() <= split.labels.max() < dataset.n_classes
    for words in (dataset.name, dataset.source, *dataset.class_names, *dataset.notes):
        assert words == printable(words)


def check_refusal(error: DatasetError, folder: Path) -> None:
    """Assert that a message names a file and was meant, not translated from a slip of our own."""
    message = str(error)
    assert message == printable(message)
    names = [path.name for path in (folder, *folder.rglob("*"))]
    assert any(printable(name) in message for name in names), message
    # core.sources translates what no format foresaw in these words: here that is a slip to find.
    assert ": cannot be read: " not in message, traceback.format_exception(error)
    assert "not enough memory" not in message, traceback.format_exception(error)
    if isinstance(error.__cause__, SLIPS):  # a decoder may raise them, our own code may not
        last = traceback.extract_tb(error.__cause__.__traceback__)[-1]
        assert CORE not in Path(last.filename).parents, traceback.format_exception(error)


def opened(target: Path, folder: Path) -> str:
    """Open ``target``; return whether it opened or was refused."""
    started = time.process_time()
    try:
        check_dataset(open_dataset(str(target)))
        outcome = "opened"
    except DatasetError as error:
        check_refusal(error, folder)
        outcome = "refused"
    assert time.process_time() - started < MAX_SECONDS
    return outcome


def peak_bytes() -> int:
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture(scope="module", autouse=True)
def summary(request):
    """Print what became of the inputs, and assert that they cost little memory."""
    before, started = peak_bytes(), time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    lines = [f"{'format':<28}{'inputs':>8}{'opened':>8}{'refused':>9}"]
    total: Counter[str] = Counter()
    for name, counts in tally.items():
        total += counts
        lines.append(f"{name:<28}{counts.total():>8}{counts['opened']:>8}{counts['refused']:>9}")
    lines.append(
        f"{'all':<28}{total.total():>8}{total['opened']:>8}{total['refused']:>9}   "
        f"{seconds:.0f} s, seed {SEED}"
    )
    plugins = request.config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *lines, sep="\n")
    assert peak_bytes() - before < MAX_EXTRA_BYTES


@pytest.mark.parametrize("kind", SUBJECTS)
def test_damaged_files(tmp_path, kind):
    subject = SUBJECTS[kind]
    counts = tally.setdefault(kind, Counter())
    failures: dict[str, str] = {}
    folder = tmp_path / "set"
    write_files(folder, subject.files)
    assert opened(folder / subject.target, folder) == "opened", "the honest one must open"
    for number in range(DAMAGED_EACH):
        files = damaged(subject, random.Random(f"{SEED} {kind} {number}"))
        write_files(folder, files)
        try:
            counts[opened(folder / subject.target, folder)] += 1
        except Exception as error:  # every other error is what this looks for
            counts["failed"] += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
            failures.setdefault(where, f"input {number}: {error}\n{traceback.format_exc()}")
    assert not failures, "\n\n".join(f"{where}: {what}" for where, what in failures.items())


def made_up(test):
    """Run ``test`` with hypothesis on inputs that the seed decides."""
    quiet = list(HealthCheck)
    wrapped = settings(
        max_examples=MADE_UP_EACH, deadline=None, database=None, suppress_health_check=quiet
    )(test)
    return seed(SEED)(wrapped)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("made_up")


def try_file(place: Path, kind: str, name: str, content: bytes) -> None:
    path = place / kind / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content[:MAX_INPUT_BYTES])
    # Hypothesis tries a failing input again to make it smaller; only the first are counted.
    tally.setdefault(kind, Counter())[opened(path, place)] += 1


MAGICS = [
    b"",
    b"\0\0\x08\x03",
    b"\x93NUMPY\x01\0",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x80\x02",
    b"\x80\x04\x95",
    b"(",
    b"\x1f\x8b\x08",
    b"label,",
    b"\x89PNG\r\n\x1a\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"1,2,3,4,5,",
]


@made_up
@given(data=st.data())
def test_any_bytes(place, data):
    start = data.draw(st.sampled_from(MAGICS))
    name = data.draw(st.sampled_from(["x", "x.csv", "x.gz", "train-images-idx3-ubyte", "x.npz"]))
    content = start + data.draw(st.binary(max_size=300))
    pack = data.draw(st.booleans())
    try_file(place, "any bytes", name, gzip.compress(content) if pack else content)


FIELD = st.one_of(
    st.sampled_from(["0", "1", "2", "255", "", '"', '"a"', "cat", "nan", "-1", "1e9", "0.5", " "]),
    st.integers(-5, 300).map(str),
    st.floats(width=32).map(str),
    st.text(max_size=4),
)


@made_up
@given(data=st.data())
def test_any_table(place, data):
    n = data.draw(st.integers(1, 11))
    separator = data.draw(st.sampled_from([",", ";", "\t", " "]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    plain = st.sampled_from(["0", "1", "2", "17", "255"])
    field = data.draw(st.sampled_from([plain, plain, st.one_of(plain, plain, plain, FIELD), FIELD]))
    width = st.just(n) if data.draw(st.booleans()) else st.integers(0, n + 1)
    header = data.draw(st.sampled_from([None, "label", "class", "id"]))
    lines = [] if header is None else [[header, *(f"p{i}" for i in range(n - 1))]]
    for _ in range(data.draw(st.integers(0, 12))):
        k = data.draw(width)
        lines.append(data.draw(st.lists(field, min_size=k, max_size=k)))
    text = end.join(separator.join(line) for line in lines)
    encoding = data.draw(st.sampled_from(["utf-8", "latin-1", "utf-16"]))
    try_file(place, "any table", "x.csv", text.encode(encoding, "replace"))


SIZES = st.one_of(st.integers(0, 12), st.sampled_from([127, 128, 129, 255, 256, 2**31, 2**32 - 1]))


@made_up
@given(data=st.data())
def test_any_idx(place, data):
    folder = place / "any IDX"
    folder.mkdir(exist_ok=True)
    n = data.draw(st.integers(0, 9))
    for kind, dimensions in (("images-idx3", 3), ("labels-idx1", 1)):
        honest = data.draw(st.booleans())
        shape = (n, 4, 3)[:dimensions]
        claimed = shape if honest else tuple(data.draw(st.lists(SIZES, max_size=4)))
        type_byte = 8 if honest else data.draw(st.sampled_from([8, 9, 11, 12, 13, 14, 0, 255]))
        content = idx_bytes(
            np.resize(np.arange(3), shape), sizes=claimed or (0,), type_byte=type_byte
        )
        (folder / f"train-{kind}-ubyte").write_bytes(content + data.draw(st.binary(max_size=3)))
    tally.setdefault("any IDX", Counter())[opened(folder / "train-images-idx3-ubyte", folder)] += 1


DESCR = st.one_of(
    st.sampled_from(
        ["|u1", "<i8", ">f4", "<f2", "|b1", "|O", "<U3", "|S2", "<c8", "<M8[s]", "|V4"]
    ),
    st.text(alphabet="|<>=uifbOUSVcMm0123456789[], '()", max_size=8),
)
SHAPE = st.lists(SIZES, max_size=5).map(tuple)


def npy_of(descr, order, shape, content, version):
    words = repr({"descr": descr, "fortran_order": order, "shape": shape}).encode() + b"\n"
    size = "<H" if version == 1 else "<I"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(size, len(words)) + words + content


@made_up
@given(data=st.data())
def test_any_arrays(place, data):
    names = data.draw(
        st.sampled_from([["x", "y"], ["X_train", "y_train", "X_test", "y_test"], ["a", "b"]])
    )
    members = []
    for i, name in enumerate(names):
        if data.draw(st.booleans()):
            shape = (6, 9) if i % 2 == 0 else (6,)
            descr, order = "|u1", False
            content = bytes(k % 3 for k in range(int(np.prod(shape))))
        else:
            shape, descr = data.draw(SHAPE), data.draw(DESCR)
            order = data.draw(st.sampled_from([True, False, 1, None, "no"]))
            content = data.draw(st.binary(max_size=64))
        version = data.draw(st.sampled_from([1, 1, 1, 2, 3, 4, 0]))
        members.append((f"{name}.npy", npy_of(descr, order, shape, content, version)))
    try_file(place, "any arrays", "x.npz", zipped(members))


SHORT = st.binary(max_size=6)
CODES = st.one_of(
    st.sampled_from(
        [bytes([code]) for code in b"().012NQRabdelostu]}\x81\x85\x86\x87\x88\x89\x8f"]
    ),
    st.sampled_from([b"\x90", b"\x91", b"\x93", b"\x94", b"\x97", b"\x98", b"(", b"t", b"R", b"b"]),
    st.integers(0, 255).map(lambda k: b"K" + bytes([k])),
    st.integers(0, 65535).map(lambda k: b"M" + struct.pack("<H", k)),
    st.integers(-(2**31), 2**31 - 1).map(lambda k: b"J" + struct.pack("<i", k)),
    SHORT.map(lambda s: b"U" + bytes([len(s)]) + s),
    SHORT.map(lambda s: b"C" + bytes([len(s)]) + s),
    SHORT.map(lambda s: b"T" + struct.pack("<i", len(s)) + s),
    st.integers(-1, 2**31 - 1).map(lambda k: b"T" + struct.pack("<i", k)),
    st.integers(0, 2**64 - 1).map(lambda k: b"\x8e" + struct.pack("<Q", k)),
    st.text(max_size=4).map(lambda s: b"\x8c" + bytes([len(s.encode())]) + s.encode()),
    st.integers(0, 8).map(lambda k: b"h" + bytes([k])),
    st.integers(0, 8).map(lambda k: b"q" + bytes([k])),
    st.integers(-(2**70), 2**70).map(lambda k: b"L%dL\n" % k),
    st.integers(-300, 300).map(lambda k: b"I%d\n" % k),
    st.floats().map(lambda x: b"F%s\n" % repr(x).encode()),
    st.sampled_from(
        [
            b"cnumpy\nndarray\n",
            b"cnumpy\ndtype\n",
            b"cnumpy.core.multiarray\n_reconstruct\n",
            b"cnumpy._core.multiarray\n_reconstruct\n",
            b"cnumpy.core.numeric\n_frombuffer\n",
            b"cnumpy.core.multiarray\nscalar\n",
            b"c_codecs\nencode\n",
            b"cos\nsystem\n",
            b"cbuiltins\neval\n",
            b"\x82\1",
            b"P1\n",
        ]
    ),
)


@made_up
@given(
    start=st.sampled_from([b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5", b"("]),
    codes=st.lists(CODES, max_size=25),
)
def test_any_pickle(place, start, codes):
    try_file(place, "any pickle", "x.pkl", start + b"".join(codes) + b".")


CHUNK = st.tuples(
    st.sampled_from(
        [b"IDAT", b"PLTE", b"tRNS", b"eXIf", b"zTXt", b"iCCP", b"IHDR", b"acTL", b"fcTL"]
    ),
    st.one_of(
        st.binary(max_size=40),
        st.binary(max_size=400).map(zlib.compress),
        st.just(b"\0" * 300).map(zlib.compress),
    ),
)


@made_up
@given(
    size=st.tuples(SIZES, SIZES),
    depth=st.sampled_from([1, 2, 4, 8, 16, 3]),
    colour=st.sampled_from([0, 2, 3, 4, 6, 5]),
    chunks=st.lists(CHUNK, max_size=5),
)
def test_any_png(place, size, depth, colour, chunks):
    content = png_header(*size, depth, colour)
    content += b"".join(png_chunk(*chunk) for chunk in chunks) + png_chunk(b"IEND", b"")
    for name in ("a/0", "a/1", "b/0", "b/1"):
        path = place / "any PNG" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    tally.setdefault("any PNG", Counter())[opened(place / "any PNG", place / "any PNG")] += 1


@made_up
@given(
    names=st.lists(
        st.text(alphabet="abtrainimages-idx3ubyte./\\:é\n", min_size=1, max_size=12),
        max_size=5,
        unique=True,
    ),
    content=st.binary(max_size=30),
)
def test_any_archive(place, names, content):
    try_file(place, "any archive", "x.zip", zipped([(name, content) for name in names]))


NUMBERS = [0, 1, 2, 30, 46, 255, 256, 2**16 - 1, 2**16, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
WIDE = st.sampled_from([*NUMBERS, 2**32, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1])
FIELDS = {
    b"PK\1\2": [
        *((at, 1) for at in (46, 47)),
        *((at, 2) for at in (4, 6, 8, 10, 28, 30, 32, 34)),
        *((at, 4) for at in (16, 20, 24, 42)),
    ],
    b"PK\3\4": [(4, 2), (6, 2), (8, 2), (18, 4), (22, 4), (26, 2), (28, 2), (30, 1)],
    b"PK\5\6": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}
"""How the parts of an archive begin -> where its numbers stand in them, and their sizes."""


@made_up
@given(data=st.data())
def test_any_directory(place, data):
    """Archives whose numbers are others, in 16, 32 and 64 bits."""
    subject = SUBJECTS[data.draw(st.sampled_from(["npz", "npz, deflated", "zip"]))]
    content = bytearray(next(iter(subject.files.values())))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.sampled_from(sorted(FIELDS)))
        at = data.draw(st.sampled_from([m.start() for m in re.finditer(start, content)] or [0]))
        offset, size = data.draw(st.sampled_from(FIELDS[start]))
        field = slice(at + offset, at + offset + size)
        near = int.from_bytes(content[field], "little") + data.draw(st.sampled_from([-46, -1, 1]))
        value = data.draw(st.sampled_from([*NUMBERS, abs(near)])) % (1 << 8 * size)
        content[field] = value.to_bytes(size, "little")
    if data.draw(st.booleans()):
        end = content.rfind(b"PK\5\6")
        wide = struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, *(data.draw(WIDE) for _ in "1234")
        )
        found = data.draw(st.sampled_from([end, 2**31, 2**64 - 1]))
        content[end:end] = wide + struct.pack("<4sLQL", b"PK\6\7", 0, found, 1)
    if data.draw(st.booleans()):
        entry = content.find(b"PK\1\2")
        extra = struct.pack(
            "<2H3Q",
            1,
            data.draw(st.sampled_from([8, 16, 24, 28])),
            *(data.draw(WIDE) for _ in "123"),
        )
        stop = entry + 46 + int.from_bytes(content[entry + 28 : entry + 30], "little")
        content[stop:stop] = extra
        content[entry + 30 : entry + 32] = struct.pack("<H", len(extra))
        for at in data.draw(st.sets(st.sampled_from([20, 24, 42]))):
            content[entry + at : entry + at + 4] = b"\xff" * 4
    try_file(place, "any directory", "x.npz", bytes(content))


def test_there_were_enough_inputs(request):
    wanted = {*SUBJECTS, "any bytes", "any table", "any IDX", "any arrays", "any pickle", "any PNG"}
    if not wanted <= set(tally):
        pytest.skip("only some of the formats were tried")
    assert sum(counts.total() for counts in tally.values()) >= MIN_INPUTS
