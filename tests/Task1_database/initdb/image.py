"""What the MySQL image does at its first start, done by its own scripts on a private server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from Task1_database import init_folder
from Task1_database.databases.mysql_settings import COLLATIONS
from Task1_database.dataset import Dataset
from tests.private_server import Server
from tests.servers import MySQL

SCRIPTS = Path(init_folder.__file__).with_name("initdb")
DATABASE = "image"


class Image:
    """A first start of the image, with a MySQL or MariaDB that runs already."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.maria = not isinstance(server, MySQL)
        self.home = server.folder / "image"
        self.files = self.home / "files"

    def start(self, dataset: Dataset) -> str:
        """Load a dataset from nothing; what the script prints, its last line the outcome."""
        shutil.rmtree(self.home, ignore_errors=True)
        for name in ("files", "data", "bin"):
            (self.home / name).mkdir(parents=True)
        for file in dataset.tables.values():
            shutil.copy(dataset.folder / file, self.files)
        init_folder.write(dataset, self.home / "sql", files=str(self.files), maria=self.maria)
        self._client()
        self.server.sql(
            f"DROP DATABASE IF EXISTS {DATABASE}",
            f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE {COLLATIONS[self.maria]}",
            "DROP USER IF EXISTS ds_user@'%'",
        )
        done = subprocess.run(
            ["bash", str(SCRIPTS / "load.sh")], check=False, env=self._environment(),
            text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert (done.returncode == 0) == self.is_complete, done.stdout
        return done.stdout

    @property
    def is_complete(self) -> bool:
        """Whether the server finds, at its next start, that all is there."""
        return (self.home / "data/.tablecast").exists()

    def answers(self) -> dict[str, str]:
        """The answers, by the names of their files."""
        files = sorted((self.files / "results").glob("*.csv"))
        return {file.name: file.read_bytes().decode() for file in files}

    def _client(self) -> None:
        """A client that reaches this server and no other that may run on the machine."""
        client = self.home / "bin/mysql"
        options = f"--no-defaults --socket={self.server.folder}/socket"
        client.write_text(f'#!/bin/sh\nexec {shutil.which("mysql")} {options} "$@"\n')
        client.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{self.home}/bin:{os.environ['PATH']}",
            "TABLECAST_DATA": f"{self.home}/data",
            "TABLECAST_FILES": str(self.files),
            "TABLECAST_SCRIPTS": str(SCRIPTS),
            "TABLECAST_SQL": f"{self.home}/sql",
            "MYSQL_DATABASE": DATABASE,
            "MYSQL_ROOT_PASSWORD": "",
            "READER_PASSWORD": "it's a secret",
        }
