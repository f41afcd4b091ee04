"""How much a file may ask for, each bound with its reason."""

from __future__ import annotations

from core.errors import DatasetError

MAX_FILE_BYTES = 600 * 1024**2
"""Larger than every classroom set as it is shipped (EMNIST's archive has 562 MB)."""

MAX_INFLATED_BYTES = 700 * 1024**2
"""What a file may become in memory: 900,000 images of 28 x 28 bytes, more than all of EMNIST."""

MAX_ELEMENTS = 2**28
"""Pixels of one set: 342,000 images of 28 x 28. As float32 they fill 1 GiB."""

MAX_IMAGE_SIDE = 128
"""Weights grow with the square of it, and the atlas shows nothing more beyond."""

MAX_STORED_SIDE = 512
"""Of an image in an array or a table; one larger than MAX_IMAGE_SIDE is brought down."""

MIN_CLASSES = 2
"""With one class there is nothing to tell apart."""

MAX_CLASSES = 100
"""A column per class must still be visible in the window."""

MAX_CLASS_NAME = 60
"""Characters of a class name; the window shows fewer."""

MAX_IMAGES = 1_000_000
"""The settings count no further, and every image costs a label and a place in every shuffle."""

MAX_WORD = 256
"""Characters of a label in an array of words; a folder's name, where they come from, has 255."""

MAX_SPELLINGS = 1_000
"""Ways in which a table writes its labels, as 7 and 7.0; ten for each of the most classes."""

MAX_EXACT_BYTES = 2_000_000
"""Of a table's rows that only the slowest way of reading understands: a MB takes it up to a second.
"""

MAX_HEADER_BYTES = 10_000
"""Of one array in an npy or npz file; NumPy itself writes about a hundred."""

MAX_ARRAYS = 1_000
"""Arrays of a file or a folder; a data set has a handful."""

MAX_MEMBERS = 100_000
"""Files in an archive: all of MNIST as pictures is 70,000. ``zipfile`` lists them in 0.7 s."""

MAX_DIRECTORY_BYTES = 150 * MAX_MEMBERS
"""Of an archive, read at once; a picture has 100 bytes in it, half of them its name."""

MAX_HELD_BYTES = 128 * 1024**2
"""Of a file in an archive that must be read in any order, as an archive in it: it is held."""

MAX_MEMBER_NAME = 1_000
"""Characters of a name in an archive, with its folders; no usual system unpacks longer ones."""

MAX_PICKLE_STEPS = 500_000
"""Instructions of a pickle: arrays need a hundred, lists one or two for each entry. CIFAR-100's has
300,000, for two lists of labels and one of file names."""

MAX_PICKLE_NUMBERS = 1 << 26
"""In lists of a pickle: the pixels of MNIST, each image a list, are 47 million."""

MAX_LINE_BYTES = 1 << 20
"""Of a table: 128 x 128 pixels written with 17 digits each take 400 kB."""

MAX_FOLDER_ENTRIES = 200_000
"""Names looked at in a folder and its sub-folders; whoever opens a home folder gets an answer."""

MAX_PICTURES = 100_000
"""Pictures in a folder; all of MNIST written as files has 70,000."""

MAX_PICTURE_PIXELS = 4096 * 4096
"""Of one picture file, looked at before it is decoded; a camera's has 12 million."""

MAX_PICTURE_BYTES = 64 * 1024**2
"""Of one picture file as stored: 4096 x 4096 grey levels and colours, uncompressed."""

MAX_PICTURE_PIECES = 300_000
"""Chunks, blocks and runs of one picture file: each costs Pillow a step of Python, a second in all.
A PNG of 64 MB in the usual chunks of 8 kB has 8,000."""

MAX_PICTURE_SCANS = 100
"""Passes over all pixels that a progressive JPEG may ask for; encoders write about ten."""

MAX_SCANNED_PIXELS = 16 * MAX_PICTURE_PIXELS
"""Of all these passes together: those of the largest picture take Pillow 1 to 2 s."""

MAX_RUN_PIXELS = 2048 * 2048
"""Of a picture in runs of equal pixels: Pillow fills the end of a row pixel by pixel, 10 MB a s."""

MAX_WEBP_PIXELS = 4096 * 2048
"""Of a WebP, for which Pillow takes five times as much memory as for others, and at once."""

MAX_PLAIN_VALUES = 1024 * 1024
"""Of a picture whose values are written in digits."""

MAX_LIST_BYTES = 32 * 1024**2
"""Of a table that names pictures: of as many as are accepted, 300 bytes for each."""

HEAD_BYTES = 4096
"""What recognising a format looks at."""

SMALLER = "open a smaller part of them"
ALONE = "open a folder that holds the data set alone"


def check_at_most(where: object, n: int, most: int, what: str, advice: str) -> None:
    """Check that there are not more than ``most`` of something.

    Raises
    ------
    DatasetError
        Naming the file or folder ``where`` they are, and what to do.
    """
    if n > most:
        raise DatasetError(f"{where}: {n:,} {what} are more than the {most:,} accepted; {advice}")
