"""Options that several commands share."""

from __future__ import annotations

import click

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
    "models",
    multiple=True,
    metavar="MODEL",
    help="A registered model to train instead of the default; of several the best is kept.",
)
x_option = click.option(
    "--x", metavar="COLUMN", help="What x means in an address.  [default: what tells most]"
)
scheduler_option = click.option(
    "--scheduler", metavar="URL", help="Of Dask, whose workers shall do it."
)

sheet_option = click.option(
    "--sheet", help="Sheet of a workbook.  [default: the first that is not empty]"
)
