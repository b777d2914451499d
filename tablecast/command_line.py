"""The command line: one verb a step, no logic of its own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Literal

import click

import tablecast
from tablecast.progress_bars import ProgressBars
from tablecast.steps import models_folder
from Task1_database.errors import NO_ROOM, InputError, TablecastError
from Task1_database.progress import ProgressLine
from Task3_api.keys import VARIABLE, KeyRing, new_key

# Threads that wait should sleep: two processes on the same cores otherwise stall each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class OneLine(click.Group):
    """A group of commands whose errors are one line each, with no traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one uses them."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with the first sentence of its help, whole."""
        rows = [(name, one.get_short_help_str(limit=1000)) for name, one in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error becomes one line and exit code 1.

        A defect of ours is one line too; TABLECAST_DEBUG=1 shows where it happened. Who reads no
        further, as `head` does, has what it wanted.
        """
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
            sys.exit(0)
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


database_option = click.option(
    "--database",
    metavar="URL",
    help="Where the tables are: duckdb://, mysql:// or postgresql://  [default: the first of "
    "$TABLECAST_DATABASE, $DATABASE_URL, $JAWSDB_URL, $CLEARDB_DATABASE_URL, or else "
    "duckdb:///<home>/databases/NAME.duckdb]",
)

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

host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)

server_option = click.option(
    "--server",
    type=click.Choice(["granian", "gunicorn", "waitress"]),
    default="granian",
    show_default=True,
    help="What listens; gunicorn and waitress want a balancer in front.",
)

seed_option = click.option(
    "--seed", default=0, show_default=True, help="The same seed gives the same model."
)

model_option = click.option(
    "--model",
    multiple=True,
    metavar="MODEL",
    help="A registered model to train instead of the default; of several the best is kept.",
)

x_option = click.option(
    "--x", metavar="COLUMN", help="What x means in an address.  [default: what tells most]"
)

sheet_option = click.option(
    "--sheet", help="Sheet of a workbook.  [default: the first that is not empty]"
)


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
    _new(file, target, name=name, x=x, sheet=sheet)


@main.command()
@click.argument("name")
@database_option
@click.option("--step", help="Do this step alone: load_TABLE, or process_data, in any order.")
@wait_option
def load(name: str, database: str | None, step: str | None = None, wait: float = 0) -> None:
    """Load the dataset's CSVs into the database and build its feature_store.

    All or nothing: after an error the tables are what they were.
    """
    with ProgressBars() as log:
        tables = tablecast.load(name, database, step=step, wait=wait, log=log)
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
@wait_option
def train(
    name: str,
    database: str | None,
    seed: int,
    model: tuple[str, ...],
    wait: float = 0,
    promote: bool = True,
    unless_unchanged: bool = False,
    keep_versions: int | None = None,
) -> None:
    """Train a model, write its report, check it, seal it and put it in service."""
    with ProgressBars() as log:
        sealed = tablecast.train(
            name,
            database,
            seed=seed,
            models=model,
            wait=wait,
            promote=promote,
            unless_unchanged=unless_unchanged,
            keep_versions=keep_versions,
            log=log,
        )
    click.echo(f"sealed  {sealed.folder}")
    click.echo(f"report  {sealed.folder / 'report.pdf'}")


@main.command()
@click.argument("name")
@database_option
@click.option("--by", metavar="FEATURE", help="Group answers by this feature, too.")
@click.option(
    "--days",
    "recent_days",
    type=click.IntRange(1),
    default=7,
    show_default=True,
    help="How many of the latest days are compared with those before.",
)
@click.option("--check", is_flag=True, help="Exit with 4 where a promise is broken.")
def watch(name: str, database: str | None, by: str | None, recent_days: int, check: bool) -> None:
    """See whether a service keeps its promise, by what it kept and what came true.

    Folds both into the tables predictions and outcomes of the database; the service shows the
    same at /watch.
    """
    with ProgressBars() as log:
        report = tablecast.watch(name, database, by=by, recent_days=recent_days, log=log)
    click.echo(f"{report['answers']:,} answers, {report['outcomes']:,} with an outcome")
    for each in report["statements"]:
        mark = "BROKEN  " if each["broken"] else ""
        click.echo(f"{mark}{each['text']}  ({each['rows']:,} rows)")
    if check and any(each["broken"] for each in report["statements"]):
        sys.exit(4)


@main.command()
@click.argument("name")
@database_option
@click.option(
    "--promote/--no-promote",
    default=True,
    help="Whether it is put in service, if the gate lets it pass.",
)
def recalibrate(name: str, database: str | None, promote: bool) -> None:
    """Calibrate the version in service anew, on what came true lately: same trees, in seconds."""
    with ProgressBars() as log:
        sealed = tablecast.recalibrate(name, database, promote=promote, log=log)
    click.echo(f"sealed  {sealed.folder}")


@main.command()
@click.argument("name")
def versions(name: str) -> None:
    """List the sealed versions, the latest first, and which is in service."""
    for version in tablecast.versions(name):
        click.echo(version)


@main.command()
@click.argument("name")
@click.argument("version", default="")
@click.option("--force", is_flag=True, help="Whatever the gate finds.")
def promote(name: str, version: str, force: bool) -> None:
    """Put a VERSION, or else the latest, in service, if the gate lets it pass.

    The gate: its golden rows are answered as offline; on rows that neither version learned from
    its error is not worse by more than chance; of the latest kept questions few move beyond what
    the version in service called likely.
    """
    with ProgressBars() as log:
        sealed = tablecast.promote(name, version, force=force, log=log)
    click.echo(f"in service  {sealed.version}")


@main.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Put the version in service again that was before the one that is."""
    click.echo(f"in service  {tablecast.rollback(name).version}")


@main.command()
@click.argument("name")
@host_option
@port_option
@server_option
def serve(name: str, host: str, port: int, server: str) -> None:
    """Serve the model: a web page, GET, JSON and CSV.

    Answers come from the sealed model alone; the database is not needed.
    """
    tablecast.serve(name, host=host, port=port, server=server)


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
    name: str,
    target: str | None,
    dataset: str | None,
    x: str | None,
    sheet: str | None,
    database: str | None,
    seed: int,
    model: tuple[str, ...],
    then_serve: bool,
    host: str,
    port: int,
    server: str,
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
        (train, {"database": database, "seed": seed, "model": model}),
        (serve, {"host": host, "port": port, "server": server}),
    ):
        if step is serve and not then_serve:
            break
        click.secho(f"{step.name} {name}", bold=True, err=True)
        ctx.invoke(step, name=name, **options)


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
    with ProgressBars() as log:
        summary = tablecast.score(
            name,
            inputs,
            output,
            workers=workers,
            scheduler=scheduler,
            kind=kind,
            ranges=ranges,
            confidence=confidence,
            progress=lambda done, total: log(ProgressLine("answering", done, total, "rows")),
        )
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
    """Make a dataset and say what was decided; the name by which it is found from now on."""
    with ProgressBars() as log:
        made = tablecast.new(file, target, **options, log=log)
    for line in made.lines():
        click.echo(line)
    return made.plan.name


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
