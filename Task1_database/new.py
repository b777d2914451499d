"""Make a dataset's folder of any table in a file: a CSV of whatever kind, or a sheet of an XLSX.

Everything that has to be decided is decided from the whole file, printed, and written down where
it can be changed. The folder appears all at once, ready for every other command, or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from Task1_database.dataset import SHIPPED, TOML, Dataset, argument_of
from Task1_database.errors import DataError, DatasetError
from Task1_database.files.workbook import is_workbook, sheet_to_csv
from Task1_database.onboarding import summary
from Task1_database.onboarding.column_types import column_types
from Task1_database.onboarding.dataset_folder import write_folder
from Task1_database.onboarding.dataset_plan import DatasetPlan, plan
from Task1_database.onboarding.delimited import Delimited, detect, locate_table
from Task1_database.onboarding.names import safe_name
from Task1_database.onboarding.source_cells import cells_of
from Task1_database.progress import Log, silent
from Task1_database.toml_section import IDENTIFIER

OURS = ("databases", "models", "results")  # folders of a workspace


@dataclass(frozen=True)
class NewDataset:
    """The folder of a new dataset, and what was decided."""

    folder: Path
    plan: DatasetPlan

    @property
    def argument(self) -> str:
        """What commands call it: `tablecast run ARGUMENT`."""
        return argument_of(self.folder)

    def lines(self) -> Iterator[str]:
        """What was decided, and how to change it."""
        return summary.lines(self.plan, self.folder)


def new(
    file: Path,
    target: str,
    home: Path,
    *,
    name: str | None = None,
    x: str | None = None,
    sheet: str | None = None,
    log: Log = silent,
) -> NewDataset:
    """Make a dataset's folder in `home`; the other parameters are those of `tablecast.new`.

    Raises DataError if the file cannot be read, or there is nothing to be learned from it;
    DatasetError if the name cannot be one, or is taken.
    """
    _check_file(file)
    folder = _folder(file, home, name)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=home) as scratch:
        staging = Path(scratch) / "folder" / folder.name
        staging.mkdir(parents=True)
        source = _source(file, target, sheet, Path(scratch), log)
        with cells_of(source, Path(scratch), log) as cells:
            columns = column_types(cells, log)
            log("comparing them with the target")
            planned = plan(cells, columns, folder.name, target, x)
            log("writing the dataset's folder")
            write_folder(planned, cells, staging)
        Dataset.open(str(staging))
        staging.rename(folder)
    return NewDataset(folder, planned)


def _check_file(file: Path) -> None:
    if file.is_dir():
        raise DataError(f"{str(file)!r} is a folder; expected a CSV or XLSX")
    if not file.is_file():
        beside = file.parent.iterdir() if file.parent.is_dir() else iter(())
        close = get_close_matches(file.name, [path.name for path in beside if path.is_file()], 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise DataError(f"there is no file {str(file)!r}{hint}")


def _folder(file: Path, home: Path, name: str | None) -> Path:
    """Where the dataset will be, once it is sure that it can."""
    chosen = safe_name(file.stem) if name is None else name
    if not IDENTIFIER.fullmatch(chosen):
        expected = "expected --name with small letters, digits and _, such as houses"
        rejected = file.name if name is None else name
        raise DatasetError(f"{rejected!r} cannot name a dataset; {expected}")
    if chosen in OURS or (SHIPPED / chosen).exists():
        raise DatasetError(f"{chosen} is a name of Tablecast's own; choose another with --name")
    folder = home / chosen
    if folder.exists():
        use = f"`tablecast run {chosen}` uses it; " if (folder / TOML).is_file() else ""
        raise DatasetError(f"{folder} is there already; {use}remove it, or choose another --name")
    return folder


def _source(file: Path, target: str, sheet: str | None, scratch: Path, log: Log) -> Delimited:
    if is_workbook(file):
        path = scratch / "sheet.csv"
        log(f"opening {file.name}")
        with file.open("rb") as data, path.open("wb") as csv_file:
            sheets = sheet_to_csv(file.name, data, sheet, csv_file, log=log)
        return locate_table(file, path, "UTF-8", ",", target, sheets)
    if sheet is not None:
        raise DataError(f"{file.name}: is no XLSX workbook; a CSV has no sheets")
    return detect(file, target, scratch)
