"""A group of commands whose errors are one line each, with no traceback."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import click

from Task1_database.errors import NO_ROOM, TablecastError

DUCKDB_INTERRUPTED = "Query interrupted"  # a RuntimeError in place of the KeyboardInterrupt


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
        """Run the command; an error becomes one line and exit code 1, Ctrl-C exit code 130.

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
        except KeyboardInterrupt:
            _exit_interrupted()
        except TablecastError as error:
            message = str(error)
        except OSError as error:
            message = str(error)
            if error.errno in NO_ROOM:
                message = f"there is no room to write: {error.strerror}; make some and try again"
        except Exception as error:
            if str(error) == DUCKDB_INTERRUPTED:
                _exit_interrupted()
            if os.environ.get("TABLECAST_DEBUG"):
                raise
            message = f"a defect of Tablecast itself ({type(error).__name__}: {error})"
        click.echo(f"tablecast: {' '.join(message.split())}", err=True)
        sys.exit(1)


def _exit_interrupted() -> NoReturn:
    click.echo("tablecast: interrupted", err=True)
    sys.exit(128 + signal.SIGINT)
