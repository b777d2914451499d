"""The command line: one verb a step, no logic of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

import tablecast
from tablecast import after_launch_commands
from tablecast.defaults import models_folder
from tablecast.one_line import OneLine
from tablecast.options import (
    database_option,
    host_option,
    model_option,
    port_option,
    scheduler_option,
    seed_option,
    server_option,
    sheet_option,
    wait_option,
    x_option,
)
from tablecast.progress_bars import ProgressBars
from Task1_database.errors import InputError
from Task2_model.openmp import WAITING
from Task3_api.keys import VARIABLE, KeyRing, new_key

os.environ.update({**WAITING, **os.environ})  # before anything begins threads


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tablecast")
def main() -> None:
    """From a CSV to a live prediction service that says how sure it is.

    NAME is a dataset shipped with Tablecast (houses, clients, births), one that you made, or the
    path of a dataset folder. Databases, results and models are kept in the current directory, or
    in $TABLECAST_HOME.
    """


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--target", required=True, metavar="COLUMN", help="What to predict.")
@click.option("--name", help="Name of the dataset.  [default: the file's]")
@x_option
@sheet_option
def new(file: Path, target: str, name: str | None, x: str | None, sheet: str | None) -> None:
    """Make a dataset's folder of a table of your own, in a CSV or XLSX.

    Says what it found and decided, and how to change that. It overwrites nothing.
    """
    made = _new(file, target, name=name, x=x, sheet=sheet)
    click.echo(f"next: tablecast run {made}")


@main.command()
@click.argument("name")
@database_option
@click.option("--step", help="Do this step alone: load_TABLE, or process_data, in any order.")
@wait_option
def load(name: str, database: str | None, **options: Any) -> None:
    """Load the dataset's CSVs into the database and build its feature_store.

    All or nothing: after an error the tables are what they were.
    """
    with ProgressBars() as log:
        tables = tablecast.load(name, database, log=log, **options)
    for table in tables:
        click.echo(table)


@main.command()
@click.argument("name")
@database_option
def ask(name: str, database: str | None) -> None:
    """Answer the dataset's SQL questions, each into a CSV file."""
    with ProgressBars() as log:
        answers = tablecast.ask(name, database, log=log)
    for answer in answers:
        click.echo(f"{answer.path}  {answer.question.text}")


@main.command()
@click.argument("name")
@database_option
@seed_option
@model_option
@click.option(
    "--promote/--no-promote",
    default=True,
    help="Whether it is put in service: where a version is already, if the gate lets it pass.",
)
@click.option(
    "--unless-unchanged",
    is_flag=True,
    help="Do nothing where the version in service was made of the same rows, code and seed.",
)
@click.option(
    "--keep-versions",
    type=click.IntRange(1),
    metavar="N",
    help="Delete all but the N latest versions, the one in service and the one before it.",
)
@scheduler_option
@wait_option
def train(name: str, database: str | None, **options: Any) -> None:
    """Train a model, write its report, check it, seal it and put it in service."""
    with ProgressBars() as log:
        sealed = tablecast.train(name, database, log=log, **options)
    click.echo(f"sealed  {sealed.folder}")
    click.echo(f"report  {sealed.folder / 'report.pdf'}")


for _command in (
    after_launch_commands.watch,
    after_launch_commands.recalibrate,
    after_launch_commands.versions,
    after_launch_commands.promote,
    after_launch_commands.rollback,
    after_launch_commands.shadow,
):
    main.add_command(_command)


@main.command()
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option(
    "--models",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Instead of NAMEs: serve all models in it, such as models.",
)
@host_option
@port_option
@server_option
def serve(names: tuple[str, ...], models: Path | None, **options: Any) -> None:
    """Serve the model: a web page, GET, JSON and CSV.

    Answers come from the sealed model alone; the database is not needed. Of several NAMEs each is
    served below its own, such as /houses/, and / lists them.
    """
    if bool(names) == bool(models):
        raise click.UsageError("expected one NAME or more, or --models FOLDER")
    tablecast.serve(*names, models=models, **options)


@main.command()
@click.argument("name")
@click.argument("facts", nargs=-1, required=True, metavar="FEATURE=VALUE...")
def predict(name: str, facts: tuple[str, ...]) -> None:
    """Answer one question at the command line, as JSON.

    For example: tablecast predict houses living_area=1800 bedrooms=3
    """
    answer = tablecast.open(models_folder(name)).predict(_record(facts))
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))


@main.command()
@click.argument("name", metavar="NAME|FILE")
@click.option("--target", metavar="COLUMN", help="Of a FILE: what to predict.")
@click.option("--name", "dataset", metavar="NAME", help="Of a FILE: as for new.")
@x_option
@sheet_option
@database_option
@seed_option
@model_option
@click.option("--serve/--no-serve", "then_serve", default=True, help="Stop before serving.")
@host_option
@port_option
@server_option
@click.pass_context
def run(
    ctx: click.Context,
    /,
    name: str,
    target: str | None,
    dataset: str | None,
    x: str | None,
    sheet: str | None,
    database: str | None,
    seed: int,
    models: tuple[str, ...],
    then_serve: bool,
    **listening: Any,
) -> None:
    """All of it: load, ask, train, then serve; of a FILE with --target, new before that."""
    if target is not None:
        click.secho(f"new {name}", bold=True, err=True)
        name = _new(Path(name), target, name=dataset, x=x, sheet=sheet)
    elif Path(name).is_file():
        raise click.UsageError(f"{name} is a file; say what to predict: --target COLUMN")
    elif dataset or x or sheet:
        raise click.UsageError("--name, --x and --sheet are for a FILE with --target")
    for step, options in (
        (load, {"database": database}),
        (ask, {"database": database}),
        (train, {"database": database, "seed": seed, "models": models}),
    ):
        click.secho(f"{step.name} {name}", bold=True, err=True)
        ctx.invoke(step, name=name, **options)
    if then_serve:
        click.secho(f"serve {name}", bold=True, err=True)
        ctx.invoke(serve, names=(name,), **listening)


@main.command()
@click.argument("name")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--output", required=True, metavar="FOLDER", help="Where to, or its URL.")
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one a core]")
@scheduler_option
@click.option("--format", "kind", type=click.Choice(["csv", "parquet"]), help="Of the answers.")
@click.option("--range/--no-range", "ranges", default=True, help="Without intervals or sets.")
@click.option("--confidence", type=float, help="Of the intervals.  [default: the model's]")
def score(name: str, inputs: tuple[str, ...], output: str, **options: Any) -> None:
    """Answer many files of any size, without a service, on all cores or on Dask.

    INPUT is a CSV or Parquet file, a glob, or the URL of one. The same command again goes on where
    it was ended.
    """
    with ProgressBars() as log:
        summary = tablecast.score(name, inputs, output, log=log, **options)
    errors = f", {summary.rows_with_error:,} of them with an error" * bool(summary.rows_with_error)
    click.echo(f"{summary.rows:,} rows answered{errors}; {summary.files:,} files in {output}")


@main.command()
@click.argument("name")
@click.argument("url")
def verify(name: str, url: str) -> None:
    """Ask a live service at URL whether it answers as the model did offline."""
    click.echo(f"{tablecast.verify(name, url)} answers are the model's own")


@main.command()
@click.argument("name")
def key(name: str) -> None:
    """Make a key for NAME, by which the service knows who may ask.

    The key is shown this once; the service is told its hash alone, by the environment.
    """
    made, known = new_key(name)
    keys = ",".join(map(str, [*KeyRing.parse(os.environ.get(VARIABLE, "")).hashes, known]))
    click.echo(f"{made}\n{VARIABLE}={keys}")
    click.echo(f"  the first line is the key of {name}: keep it, it is not shown again", err=True)
    click.echo("  the second is for the environment of the service", err=True)


def _new(file: Path, target: str, **options: str | None) -> str:
    """Make a dataset and say what was decided; what commands call it from now on."""
    with ProgressBars() as log:
        made = tablecast.new(file, target, **options, log=log)
    for line in made.lines():
        click.echo(line)
    return made.argument


def _record(facts: tuple[str, ...]) -> dict[str, str]:
    record: dict[str, str] = {}
    for fact in facts:
        feature, equals, value = fact.partition("=")
        if not equals:
            raise InputError(f"{fact!r} is not FEATURE=VALUE")
        if feature in record:
            raise InputError(f"{feature} is given more than once")
        record[feature] = value
    return record
