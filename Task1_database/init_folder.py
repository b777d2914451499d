"""Write what the MySQL image needs to load a dataset: the SQL of each step, and their order.

A stage of the image's build runs `python -m Task1_database.init_folder DATASET FOLDER`, which needs
nothing but Python. Each file is for one step of `initdb/load.sh`; `steps.sh` names these in order.
"""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from Task1_database import init_sql
from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError


def write(
    dataset: Dataset, folder: Path, *, files: str = init_sql.FILES, maria: bool = False
) -> None:
    """Write the files of a dataset into `folder`.

    Parameters
    ----------
    files : str
        The folder from which the server reads files.
    maria : bool
        Whether the server is a MariaDB.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "session.sql": init_sql.session(maria=maria),
        "tables.sql": init_sql.tables(dataset),
        "load.sql": init_sql.load(files),
        "features.sql": init_sql.features(dataset),
        "features.columns.sql": init_sql.features_columns(dataset),
        "features.rows.sql": init_sql.features_rows(),
        "identity": identity(dataset),
        "files": "".join(f"{file}\n" for file in dataset.tables.values()),
        "steps.sh": "".join(f"{shlex.join(step)}\n" for step in _steps(dataset)),
    }.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    for name, file in dataset.tables.items():
        raw = init_sql.CsvImport(dataset.schema[name], file)
        for step, text in {
            "header": raw.header(files),
            "check": raw.check(),
            "insert": raw.insert(),
        }.items():
            (folder / f"{name}.{step}.sql").write_text(text, "utf-8", newline="\n")
    for question in dataset.questions:
        (folder / question.file).parent.mkdir(exist_ok=True)
        (folder / question.file).write_text(
            init_sql.answer(dataset, question), "utf-8", newline="\n"
        )


def identity(dataset: Dataset) -> str:
    """What tells a dataset's tables from those of another: its name, and a digest of their SQL."""
    sql = init_sql.tables(dataset) + init_sql.features(dataset)
    return f"{dataset.name} {hashlib.sha256(sql.encode()).hexdigest()[:12]}\n"


def _steps(dataset: Dataset) -> Iterator[list[str]]:
    """The functions of load.sh to call, with their arguments."""
    for table, file in dataset.tables.items():
        yield ["load_table", table, file, str(len(dataset.schema[table].columns))]
    yield ["make_features"]
    for question in dataset.questions:
        yield ["answer", question.file, question.text]


def main(name_or_path: str, folder: str) -> str | None:
    """Write the folder, or say why not."""
    try:
        write(Dataset.open(name_or_path), Path(folder))
    except TablecastError as error:
        return f"tablecast: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
