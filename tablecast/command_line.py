"""The command line: one verb a step, no logic of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import click

import tablecast
from tablecast.steps import Progress, models_folder
from Task1_database.errors import NO_ROOM, InputError, TablecastError

# Threads that wait should sleep: two processes on the same cores otherwise stall each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class OneLine(click.Group):
    """A group of commands whose errors are one line each, with no traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one uses them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error becomes one line and exit code 1.

        A defect of ours is one line too; TABLECAST_DEBUG=1 shows where it happened.
        """
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except TablecastError as error:
            message = str(error)
        except OSError as error:
            message = str(error)
            if error.errno in NO_ROOM:
                message = f"there is no room to write: {error.strerror}; make some and try again"
        except Exception as error:
            if os.environ.get("TABLECAST_DEBUG"):
                raise
            message = f"a defect of Tablecast itself ({type(error).__name__}: {error})"
        click.echo(f"tablecast: {' '.join(message.split())}", err=True)
        sys.exit(1)


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tablecast")
def main() -> None:
    """From a CSV to a live prediction service that says how sure it is.

    NAME is a dataset shipped with Tablecast (houses, clients, births), one that you made, or the
    path of a dataset folder. Databases, results and models are kept in the current directory, or
    in $TABLECAST_HOME.
    """


def dataset_command(function: Callable[..., None]) -> click.Command:
    """A command about one dataset and the database it lives in."""
    database = click.option(
        "--database",
        metavar="URL",
        help="Where the tables are: duckdb://, mysql:// or postgresql://  [default: the first of "
        "$TABLECAST_DATABASE, $DATABASE_URL, $JAWSDB_URL, $CLEARDB_DATABASE_URL, or else "
        "duckdb:///<home>/databases/NAME.duckdb]",
    )
    return main.command()(click.argument("name")(database(function)))


def say(line: str) -> None:
    """Tell a step, on standard error, so that standard output holds results alone."""
    click.echo(f"  {line}", err=True)


@contextmanager
def bar(unit: str) -> Iterator[Progress]:
    """A bar on standard error, where that is a terminal: how much is done, how fast, how long."""
    from tqdm import tqdm  # noqa: PLC0415 (only who waits needs it)

    with tqdm(unit=f" {unit}", unit_scale=True, dynamic_ncols=True, disable=None) as shown:

        def progress(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield progress


port_option = click.option(
    "--port",
    default=5000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on, or the next that is free.",
)

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="How long to wait for tables that are not there yet, or a database that is busy or away.",
)


model_option = click.option(
    "--model",
    multiple=True,
    metavar="MODEL",
    help="A registered model to train instead of the default; of several the best is kept.",
)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--target", required=True, metavar="COLUMN", help="What to predict.")
@click.option("--name", help="Name of the dataset.  [default: the file's]")
@click.option(
    "--x", metavar="COLUMN", help="What x means in an address.  [default: what tells most]"
)
@click.option("--sheet", help="Sheet of a workbook.  [default: the first that is not empty]")
def new(file: Path, target: str, name: str | None, x: str | None, sheet: str | None) -> None:
    """Make a dataset's folder of a table of your own, in a CSV or XLSX.

    Says what it found and decided, and how to change that. It overwrites nothing.
    """
    for line in tablecast.new(file, target, name=name, x=x, sheet=sheet).lines():
        click.echo(line)


@dataset_command
@click.option("--step", help="Do this step alone: load_TABLE, or process_data, in any order.")
@wait_option
def load(name: str, database: str | None, step: str | None = None, wait: float = 0) -> None:
    """Load the dataset's CSVs into the database and build its feature_store.

    All or nothing: after an error the tables are what they were.
    """
    for line in tablecast.load(name, database, step=step, wait=wait, log=say):
        click.echo(line)


@dataset_command
def ask(name: str, database: str | None) -> None:
    """Answer the dataset's SQL questions, each into a CSV file."""
    for answer in tablecast.ask(name, database, log=say):
        click.echo(f"{answer.path}  {answer.question.text}")


@dataset_command
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same model.")
@model_option
@wait_option
def train(
    name: str, database: str | None, seed: int, model: tuple[str, ...], wait: float = 0
) -> None:
    """Train a model, write its report, check it, seal it and put it in service."""
    sealed = tablecast.train(name, database, seed=seed, models=model, wait=wait, log=say)
    click.echo(f"sealed  {sealed.folder}")
    click.echo(f"report  {sealed.folder / 'report.pdf'}")


@dataset_command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@port_option
@click.option(
    "--server",
    type=click.Choice(["granian", "gunicorn", "waitress"]),
    default="granian",
    show_default=True,
    help="What listens; gunicorn and waitress want a balancer in front.",
)
def serve(name: str, database: str | None, host: str, port: int, server: str) -> None:
    """Serve the model: a web page, GET, JSON and CSV.

    Answers come from the sealed model alone; the database is not needed.
    """
    tablecast.serve(name, host=host, port=port, server=server)


@dataset_command
@click.argument("facts", nargs=-1, required=True, metavar="FEATURE=VALUE...")
def predict(name: str, database: str | None, facts: tuple[str, ...]) -> None:
    """Answer one question at the command line, as JSON.

    For example: tablecast predict houses living_area=1800 bedrooms=3
    """
    answer = tablecast.open(models_folder(name)).predict(_record(facts))
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))


@dataset_command
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same model.")
@model_option
@click.option("--serve/--no-serve", "then_serve", default=True, help="Stop before serving.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@port_option
@click.pass_context
def run(
    ctx: click.Context,
    name: str,
    database: str | None,
    seed: int,
    model: tuple[str, ...],
    then_serve: bool,
    host: str,
    port: int,
) -> None:
    """All of it: load, ask, train, then serve."""
    for title, step, options in (
        ("load", load, {}),
        ("ask", ask, {}),
        ("train", train, {"seed": seed, "model": model}),
        ("serve", serve, {"host": host, "port": port}),
    ):
        if step is serve and not then_serve:
            break
        click.secho(f"{title} {name}", bold=True, err=True)
        ctx.invoke(step, name=name, database=database, **options)


@main.command()
@click.argument("name")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--output", required=True, metavar="FOLDER", help="Where to, or its URL.")
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one a core]")
@click.option("--scheduler", metavar="URL", help="Of Dask, whose workers shall do it.")
@click.option("--format", "kind", type=click.Choice(["csv", "parquet"]), help="Of the answers.")
@click.option("--range/--no-range", "ranges", default=True, help="Without intervals or sets.")
@click.option("--confidence", type=float, help="Of the intervals.  [default: the model's]")
def score(
    name: str,
    inputs: tuple[str, ...],
    output: str,
    workers: int | None,
    scheduler: str | None,
    kind: Literal["csv", "parquet"] | None,
    ranges: bool,
    confidence: float | None,
) -> None:
    """Answer many files of any size, without a service, on all cores or on Dask.

    INPUT is a CSV or Parquet file, a glob, or the URL of one. The same command again goes on where
    it was ended.
    """
    with bar("rows") as progress:
        summary = tablecast.score(
            name,
            inputs,
            output,
            workers=workers,
            scheduler=scheduler,
            kind=kind,
            ranges=ranges,
            confidence=confidence,
            progress=progress,
        )
    errors = f", {summary.rows_with_error:,} of them with an error" * bool(summary.rows_with_error)
    click.echo(f"{summary.rows:,} rows answered{errors}; {summary.files:,} files in {output}")


@main.command()
@click.argument("name")
@click.argument("url")
def verify(name: str, url: str) -> None:
    """Ask a live service at URL whether it answers as the model did offline."""
    click.echo(f"{tablecast.verify(name, url)} answers are the model's own")


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
