"""Tablecast on a schedule: for each dataset a DAG that learns anew, and one that watches daily.

Airflow calls the same commands that people type, and needs none of Tablecast's packages. What it
has to know comes from the environment:

TABLECAST           the absolute path of the `tablecast` command
TABLECAST_DATASETS  absolute paths of dataset folders, with colons between them
TABLECAST_HOME      where models are kept; TABLECAST_DATABASE where the tables are
TABLECAST_URL       a live service to be verified after a promotion; without it, none is

Each step can be run again: `load` finds what is loaded, `train --unless-unchanged` what is sealed,
and a step that is killed leaves what was there before.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

TABLECAST = os.environ["TABLECAST"]
URL = os.environ.get("TABLECAST_URL", "")
DATASETS = [Path(folder) for folder in os.environ["TABLECAST_DATASETS"].split(":")]
WAIT = ("--wait", "600")  # for tables that another step is making, or a database in use
DEFAULTS = {"retries": 2, "retry_delay": timedelta(seconds=30)}


def step(task: str, *words: str | Path) -> BashOperator:
    """One command; it has the scheduler's environment, and its own folder is no matter."""
    command = shlex.join([TABLECAST, *map(str, words)])
    return BashOperator(task_id=task, bash_command=command, append_env=True)


def learn(folder: Path) -> DAG:
    """From raw tables to a model in service: nightly, one run at a time, no run for the past."""
    with (folder / "dataset.toml").open("rb") as file:
        tables = tomllib.load(file)["tables"]
    with DAG(
        f"{folder.name}_learn",
        schedule="0 3 * * *",
        start_date=datetime(2026, 1, 1),
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["tablecast", folder.name],
        doc_md="load each table → process_data → ask and train → promote → verify",
    ) as dag:
        loads = [
            step(f"load_{table}", "load", folder, "--step", f"load_{table}", *WAIT)
            for table in tables
        ]
        process = step("process_data", "load", folder, "--step", "process_data", *WAIT)
        ask = step("ask", "ask", folder)
        train = step("train", "train", folder, "--no-promote", "--unless-unchanged", *WAIT)
        promote = step("promote", "promote", folder)
        loads >> process >> [ask, train]
        train >> promote
        if URL:
            promote >> step("verify", "verify", folder, URL)
    return dag


def watch(folder: Path) -> DAG:
    """Fold what was asked and what came true into tables; fail where a promise is broken."""
    with DAG(
        f"{folder.name}_watch",
        schedule="0 6 * * *",
        start_date=datetime(2026, 1, 1),
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["tablecast", folder.name],
    ) as dag:
        step("watch", "watch", folder, "--check")
    return dag


for dataset in DATASETS:
    for made in (learn(dataset), watch(dataset)):
        globals()[made.dag_id] = made  # where Airflow looks for them
