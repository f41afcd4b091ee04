"""The tables of a ``.perceptron`` file, in one place, each with the reason for it.

SQLite is the format because a file of it survives a kill, and can be added to in small transactions
(https://sqlite.org/appfileformat.html). ``application_id`` and ``user_version`` name it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Description = tuple[str, str, str, str | None]

APPLICATION_ID = 0x50724378
"""``PrCx``; bytes 68 to 71 of the file (https://sqlite.org/fileformat2.html)."""

VERSION = 1
"""Of what follows; a change of it is a new version, and older files are brought up on a copy."""

_TABLES = (
    # Which data, and how they were read: images that can be opened again are not copied, and the
    # hash tells whether what is opened is what was learnt.
    """CREATE TABLE dataset (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    reading TEXT NOT NULL,
    height INTEGER NOT NULL,
    width INTEGER NOT NULL,
    class_names TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT""",
    # A run as it stands in the list, and with what it began: settings as JSON, by their names.
    # ``stride``: every so many epochs' weights are kept.
    """CREATE TABLE run (
    key INTEGER PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES dataset,
    name TEXT NOT NULL,
    colour INTEGER NOT NULL,
    is_visible INTEGER NOT NULL,
    is_touched INTEGER NOT NULL,
    notes TEXT NOT NULL,
    data TEXT NOT NULL,
    training TEXT NOT NULL,
    is_own_start INTEGER NOT NULL,
    parent INTEGER,
    left_at INTEGER,
    stride INTEGER NOT NULL,
    diverged TEXT
) STRICT""",
    # What a branch was told before it left its parent, which may be gone: enough to do all again.
    """CREATE TABLE past (
    run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    config TEXT NOT NULL,
    later TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    start_epoch INTEGER,
    start_step INTEGER,
    start_weights BLOB,
    start_velocity BLOB
) STRICT""",
    # Images that a person added to the training images of a run: there is no other copy.
    """CREATE TABLE added (
    run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    images BLOB NOT NULL,
    labels BLOB NOT NULL
) STRICT""",
    # What was set while a run learnt, and before which update: to repeat it, and for its marks.
    """CREATE TABLE change (
    run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    place INTEGER NOT NULL,
    epoch REAL NOT NULL,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,
    old ANY NOT NULL,
    new ANY NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID""",
    # The curves: every epoch of every run, its weights kept or not. NULL is no number.
    """CREATE TABLE epoch (
    run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    train_score REAL,
    train_log_likelihood REAL,
    test_score REAL,
    test_log_likelihood REAL,
    validation_score REAL,
    validation_log_likelihood REAL,
    PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID""",
    # The weights kept, float32, row by row; apart from the curves, because they are large and go.
    """CREATE TABLE model (
    run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    step INTEGER NOT NULL,
    seconds REAL NOT NULL,
    weights BLOB NOT NULL,
    velocity BLOB,
    PRIMARY KEY (run, epoch)
) STRICT""",
)

SCORES = (
    "train_score",
    "train_log_likelihood",
    "test_score",
    "test_log_likelihood",
    "validation_score",
    "validation_log_likelihood",
)


def create(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in _TABLES:
        connection.execute(table)


def objects(connection: sqlite3.Connection) -> list[Description]:
    """Return what a database says that it holds: type, name, table and the words of each."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")
    return sorted(map(tuple, rows), key=repr)


def is_ours(connection: sqlite3.Connection) -> bool:
    """Return whether a database holds our tables, word for word, and nothing else.

    No view, no trigger, no virtual table of a stranger's is ever run then.
    """
    with closing(sqlite3.connect(":memory:")) as expected:
        create(expected)
        return objects(connection) == objects(expected)
