"""Every error that Tablecast raises on purpose, in one tree.

TablecastError
├── DatasetError         a dataset folder that cannot be used as it is
├── DataError            a value, row or file of a CSV that does not fit its schema
├── DatabaseError        a database that cannot do what was asked
│   ├── DatabaseAway     its server does not answer
│   ├── DatabaseInUse    another process is writing to it
│   ├── TableMissing     what a step reads is not there yet
│   └── QueryTimeout     a question that took longer than it may
├── StoreAway            what is kept cannot be reached at present
├── TrainingError        data or a model that cannot be trained, calibrated or exported
├── SealError            a sealed model that is missing, incomplete or altered
└── InputError           a request that cannot be answered; names the field
    ├── ConfidenceError  it asks for a confidence that the calibration rows cannot give
    └── TooLongError     it has a line that is longer than may be

The command line prints any of them as one line and exits 1; the service answers an InputError
with a problem document. Whatever else is raised is a defect of ours.
"""

import errno

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # disk full, quota or largest size reached


class TablecastError(Exception):
    """Something that a user can put right; its text says what and how, on one line."""


class DatasetError(TablecastError):
    """A dataset folder that cannot be used as it is."""


class DataError(TablecastError):
    """A value, row or file of a CSV that does not fit its schema."""


class DatabaseError(TablecastError):
    """A database that cannot do what was asked."""


class DatabaseAway(DatabaseError):
    """The database's server does not answer, or stopped in the midst of something."""


class DatabaseInUse(DatabaseError):
    """Another process is writing to the database."""


class TableMissing(DatabaseError):
    """What a step reads is not there yet."""


class QueryTimeout(DatabaseError):
    """A question that took longer than it may."""


class StoreAway(TablecastError):
    """A store that cannot be reached, or does not let us in, at present."""


class TrainingError(TablecastError):
    """Data or a model that cannot be trained, calibrated or exported."""


class SealError(TablecastError):
    """A sealed model that is missing, incomplete or altered."""


class InputError(TablecastError):
    """A request that cannot be answered.

    Parameters
    ----------
    detail : str
        What is wrong and what would be right, in one sentence.
    field : str, optional
        The feature or parameter at fault; None where it is the request as a whole.
    row : int, optional
        The record at fault, counted from 0, where the request held several.
    """

    def __init__(self, detail: str, *, field: str | None = None, row: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.row = row


class ConfidenceError(InputError):
    """A confidence that no answer can have, since the calibration rows are too few for it."""


class TooLongError(InputError):
    """A file with a line that is longer than may be."""
