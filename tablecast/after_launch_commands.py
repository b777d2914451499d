"""The commands after launch: one verb a step, no logic of their own."""

from __future__ import annotations

import sys

import click

import tablecast
from tablecast.options import database_option
from tablecast.progress_bars import ProgressBars
from Task2_model.formatting import format_count


@click.command()
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
    answers = format_count(report["answers"], "answer")
    click.echo(f"{answers}, {report['outcomes']:,} with an outcome")
    for each in report["statements"]:
        mark = "BROKEN  " if each["broken"] else ""
        click.echo(f"{mark}{each['text']}  ({format_count(each['rows'])})")
    if check and any(each["broken"] for each in report["statements"]):
        sys.exit(4)


@click.command()
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


@click.command()
@click.argument("name")
def versions(name: str) -> None:
    """List the sealed versions, the latest first, and which is in service."""
    for version in tablecast.versions(name):
        click.echo(version)


@click.command()
@click.argument("name")
@click.argument("version", default="")
@click.option("--force", is_flag=True, help="Whatever the gate finds.")
def promote(name: str, version: str, force: bool) -> None:
    """Put a VERSION, or else the latest, in service, if the gate lets it pass.

    The gate: its golden rows are answered as offline; on rows that neither version learned from
    its error is not significantly worse; of the latest kept questions few move beyond what
    the version in service called likely.
    """
    with ProgressBars() as log:
        sealed = tablecast.promote(name, version, force=force, log=log)
    click.echo(f"in service  {sealed.version}")


@click.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Put the version in service again that was before the one that is."""
    click.echo(f"in service  {tablecast.rollback(name).version}")


@click.command()
@click.argument("name")
@click.argument("version", default="")
@click.option("--end", is_flag=True, help="Compare no version any more.")
def shadow(name: str, version: str, end: bool) -> None:
    """Have `watch` compare a VERSION, or else the latest, with the one in service from now on.

    It answers nobody: what is kept is asked of it afterwards, so the service is as fast as before.
    """
    if end:
        tablecast.end_shadow(name)
    else:
        click.echo(f"in the shadow  {tablecast.shadow(name, version).version}")
