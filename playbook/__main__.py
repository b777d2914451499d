"""`python -m playbook NOTEBOOK EXECUTED [NAME=VALUE ...]`: run a notebook with these parameters.

It is papermill with a kernel that is spoken to in private: without keys it warns of listeners.
"""

from __future__ import annotations

import sys
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

ENCRYPTED = Config(KernelManager={"transport_encryption": "auto"})


def main() -> None:
    """Leave the executed notebook; exits 1 where a cell fails, having said which and why."""
    notebook, executed, *facts = sys.argv[1:]
    parameters = {name: value for name, _, value in (fact.partition("=") for fact in facts)}
    Path(executed).parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(notebook, executed, parameters, config=ENCRYPTED)
    except PapermillExecutionError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
