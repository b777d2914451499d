"""The report of a training: the notebook, executed by papermill in a kernel of this interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from papermill.parameterize import parameterize_notebook

from Task1_database import errors
from Task1_database.databases.url import safe_url
from Task1_database.errors import TablecastError, TrainingError
from Task1_database.progress import VARIABLE, Log, ProgressLine, relayed, silent
from Task1_database.whole_file import write_whole
from Task2_model.worker_processes import VARIABLE as SCHEDULER

NOTEBOOK = Path(__file__).with_name("report.ipynb")


class OwnKernel(AsyncKernelManager):
    """A kernel of this interpreter, whatever kernels are installed; silent on the terminal.

    Its environment is this process's, with some `variables` more. Fits run side by side there, so
    each is given one thread.
    """

    variables: Mapping[str, str]

    @property
    def kernel_spec(self) -> KernelSpec:
        """How to start this interpreter as a kernel."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def start_kernel(self, **kw: Any) -> None:  # type: ignore[override]
        """Start it; what it has to say goes into the notebook."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {"OMP_NUM_THREADS": "1", **os.environ, **self.variables}
        await super().start_kernel(**kw | quiet | {"env": environment})


def execute(
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    scheduler: str | None = None,
    log: Log = silent,
) -> Path:
    """Run the notebook and write it, executed, to `folder`/report.ipynb.

    Parameters
    ----------
    parameters : mapping
        dataset (a name or a folder), database_url, output (the folder that the model is
        exported to) and seed; what is left out keeps the notebook's own value.
    scheduler : str, optional
        Of Dask, whose workers do the fits.
    log : callable
        Gets a `ProgressLine` on each fit, evaluation and cell of the report.

    Raises
    ------
    TrainingError
        For a parameter that the notebook does not have, and for a cell that fails; the latter
        with the cause in one line. Whatever lay in `folder` stays as it was.
    """
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    _refuse_unknown(parameters, notebook)
    try:
        with relayed(log) as progress:
            variables = {VARIABLE: str(progress)} | ({SCHEDULER: scheduler} if scheduler else {})
            executed = papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                kernel_manager_class=type("RelayedKernel", (OwnKernel,), {"variables": variables}),
                shutdown_kernel="immediate",  # all that it had to do is on the disk
                progress_bar=False,
                on_cell_start=partial(_log_cell, log, reported_cells(notebook)),
            )
    except PapermillExecutionError as error:
        raise _cause(error) from error
    except (DeadKernelError, RuntimeError) as error:
        raise TrainingError(
            f"report.ipynb: its kernel ended before it was done: {error}"
        ) from error
    public = recorded(parameters)
    executed = parameterize_notebook(executed, public)
    executed.metadata.papermill.parameters = public
    path = folder / NOTEBOOK.name
    write_whole(path, nbformat.writes(executed).encode(), synced=False)
    return path


def reported_cells(notebook: Any) -> list[str]:
    """The ids of the code cells whose output is in the report, in order."""
    return [
        cell.id
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not {"notebook", "parameters"} & set(cell.metadata.get("tags", []))
    ]


def _log_cell(log: Log, reported: list[str], cell: Any, **_: Any) -> None:
    """Log that a cell begins; those before the report have more to tell of than that."""
    if cell.id in reported:
        done = reported.index(cell.id)
        log(ProgressLine("figures and tables", done, len(reported), "cells"))


def _refuse_unknown(parameters: Mapping[str, Any], notebook: Any) -> None:
    """Papermill would only warn of a misspelt parameter."""
    known = papermill.inspect_notebook(notebook)
    for name in parameters:
        if name not in known:
            raise TrainingError(
                f"report.ipynb has no parameter {name!r}; it has {', '.join(sorted(known))}"
            )


def _cause(error: PapermillExecutionError) -> TrainingError:
    """The text of one of our own errors as it is; of any other, its kind and its cell too."""
    kind = getattr(errors, error.ename, None)
    text = " ".join(str(error.evalue).split())
    if isinstance(kind, type) and issubclass(kind, TablecastError):
        return TrainingError(text)
    return TrainingError(f"report.ipynb, cell {error.cell_index + 1}: {error.ename}: {text}")


def recorded(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the executed notebook shows them: no password, no folder of a machine."""
    public = dict(parameters)
    for name in public.keys() & {"dataset", "output"}:
        public[name] = Path(public[name]).name
    if public.get("database_url"):
        public["database_url"] = without_folders(public["database_url"])
    return public


def without_folders(database_url: str) -> str:
    """The address without its password, and without the folders of an embedded database."""
    address = safe_url(database_url)
    parts = urlsplit(address)
    return address if parts.netloc else f"{parts.scheme}:{Path(parts.path).name}"
