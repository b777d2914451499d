"""What can be known of the images without building them, which `make images-test` does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_structure import SERVED_FROM

ROOT = Path(__file__).parents[2]
DOCKERFILES = ("Dockerfile", "Task1_database/Dockerfile")
SCRIPT_FOLDERS = ("Task1_database/initdb", "examples/airflow", "tests/images/bases")
SCRIPTS = [path for folder in SCRIPT_FOLDERS for path in sorted(ROOT.glob(f"{folder}/*.sh"))]
PROFILES = ("notebook", "postgres", "app", "airflow")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
HEROKU: dict[str, Any] = yaml.safe_load((ROOT / "heroku.yml").read_text())


def found(program: str) -> str | None:
    """A program beside this Python or on the path."""
    beside = Path(sys.executable).with_name(program)
    return str(beside) if beside.exists() else shutil.which(program)


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, **environment}
    return subprocess.run(
        command, check=False, cwd=ROOT, env=everything, capture_output=True, text=True
    )


def instructions(dockerfile: str, name: str) -> list[str]:
    """The arguments of each instruction of that name, continued lines joined."""
    text = (ROOT / dockerfile).read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} +(.*)$", text, re.M)


@pytest.mark.skipif(not found("hadolint"), reason="there is no hadolint")
@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_hadolint_has_nothing_to_say(dockerfile: str) -> None:
    done = run(str(found("hadolint")), dockerfile)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.skipif(not found("bash"), reason="there is no bash")
def test_a_script_can_be_read(script: Path) -> None:
    assert run("bash", "-n", str(script)).stderr == ""
    assert "\r" not in script.read_text()


def secrets() -> list[str]:
    return re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(), re.M)


def compose_is_current() -> bool:
    """Whether docker-compose is there and knows today's file format, which version 1 does not."""
    version = run("docker-compose", "version", "--short").stdout if found("docker-compose") else ""
    return bool(re.match(r"v?[2-9]", version))


if compose_is_current():  # on few machines; `make images-test` brings its own

    def test_docker_compose_reads_its_file() -> None:
        profiles = [f"--profile={name}" for name in PROFILES]
        values = dict.fromkeys(secrets(), "0123")
        done = run("docker-compose", "--env-file=.env.example", *profiles, "config", "-q", **values)
        assert (done.returncode, done.stderr) == (0, "")


def test_every_secret_of_docker_compose_must_be_chosen() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    named = re.findall(r"\$\{(\w+)(:[-?][^${}]*)?\}", text)
    assert {name for name, rest in named if rest.startswith(":?")} == set(secrets())
    settings = re.findall(r"^(\w+)=(.+)$", (ROOT / ".env.example").read_text(), re.M)
    assert {name: rest for name, rest in named if rest.startswith(":-")} == {
        name: f":-{value}" for name, value in settings
    } | {"TABLECAST_KEYS": ":-"}  # without keys everybody may ask


def test_make_env_chooses_each_secret_and_never_twice(tmp_path: Path) -> None:
    for name in ("Makefile", ".env.example"):
        shutil.copy(ROOT / name, tmp_path)
    make = ["make", "--no-print-directory", "env", f"PYTHON={sys.executable}"]
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    made = (tmp_path / ".env").read_text()
    chosen = re.findall(r"^(\w+)=([0-9a-f]{32})$", made, re.M)
    assert [name for name, _ in chosen] == secrets()
    assert len({value for _, value in chosen}) == len(chosen)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    again = subprocess.run(make, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode != 0
    assert ".env is there; it stays as it is" in again.stdout
    assert (tmp_path / ".env").read_text() == made


def test_stages_and_contexts_of_docker_compose_are_there() -> None:
    stages = set(re.findall(r"^FROM .* AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.M))
    builds = [s["build"] for s in COMPOSE["services"].values() if "build" in s]
    assert builds
    for build in builds:
        assert (ROOT / build["context"] / "Dockerfile").is_file()
        assert build.get("target", "service") in stages


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_what_is_copied_lies_in_the_dockerfile_s_own_folder(dockerfile: str) -> None:
    """Heroku builds from there, and so does everybody else."""
    context = (ROOT / dockerfile).parent
    kept = [
        line[1:] for line in (context / ".dockerignore").read_text().splitlines() if "!" in line
    ]
    copied = [
        [word for word in words.split()[:-1] if not word.startswith("--")]
        for words in instructions(dockerfile, "COPY")
        if "--from" not in words
    ]
    assert copied
    for source in (source.rstrip("/") for sources in copied for source in sources):
        path = source.replace("${DATASET}", "houses").replace("${SERVING}", "serve-onnx")
        assert (context / path).resolve().is_relative_to(context.resolve())
        assert list(context.glob(path)) if path != "." else context.exists()
        if path != ".":
            top = [
                pattern for pattern in kept if Path(path).match(pattern) or path.startswith(pattern)
            ]
            assert top, f"{path} is kept out by .dockerignore"


def test_volumes_and_images_of_a_dataset_are_called_after_it() -> None:
    """Another DATASET gets an empty volume, and an image of its own."""
    for name in ("database", "data", "postgres"):
        assert "${DATASET:-houses}" in COMPOSE["volumes"][name]["name"]
    for service in COMPOSE["services"].values():
        if (
            "DATASET" in service.get("build", {}).get("args", {})
            and "target" not in service["build"]
        ):
            assert service["image"].endswith(":${DATASET:-houses}")


def test_what_the_service_runs_can_be_chosen_wherever_it_is_built() -> None:
    for name in ("api", "app"):
        assert COMPOSE["services"][name]["build"]["args"]["SERVING"] == "${SERVING:-serve}"
    assert (ROOT / "requirements" / f"{HEROKU['build']['config']['SERVING']}.txt").is_file()


def test_the_build_stage_of_the_database_needs_python_alone(tmp_path: Path) -> None:
    """Its base image has no package installed, and nothing but this folder."""
    shutil.copytree(ROOT / "Task1_database", tmp_path / "Task1_database")
    command = [sys.executable, "-I", "-S", "-c", (
        "import runpy, sys; sys.path.insert(0, '.');"
        "sys.argv[1:] = ['Task1_database/datasets/clients', 'sql'];"
        "runpy.run_module('Task1_database.init_folder', run_name='__main__')"
    )]  # fmt: skip
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "sql/steps.sh").read_text().startswith("load_table client_data clients.csv ")


def test_heroku_builds_and_runs_what_the_image_does() -> None:
    assert HEROKU.keys() == {"setup", "build", "run"}
    assert HEROKU["build"].keys() == {"docker", "config"}
    assert (ROOT / HEROKU["build"]["docker"]["web"]).is_file()
    arguments = {words.partition("=")[0] for words in instructions("Dockerfile", "ARG")}
    assert HEROKU["build"]["config"].keys() <= arguments
    program, _, configuration = HEROKU["run"]["web"].split()
    assert f"\n{program}==" in (ROOT / "requirements/serve.txt").read_text()
    assert (ROOT / configuration).is_file()
    assert set(HEROKU["setup"]["config"].values()) == {"2"}  # text, as Heroku wants it
    assert all(addon.keys() == {"plan", "as"} for addon in HEROKU["setup"]["addons"])


def test_the_app_image_holds_just_what_the_service_imports() -> None:
    copied = " ".join(instructions("Dockerfile", "COPY")).split()
    folders = {path for path in copied if re.fullmatch(r"Task[12]_\w+/\w+/", path)}
    copied += [
        f"{folder}{file.name}" for folder in folders for file in (ROOT / folder).glob("*.py")
    ]
    files = {path.replace("/", ".").removesuffix(".py") for path in copied if path.endswith(".py")}
    packages = {name.rpartition(".")[0] for name in SERVED_FROM}
    assert files == SERVED_FROM | {f"{package}.__init__" for package in packages}


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_an_image_knows_no_secret_and_no_package_host(dockerfile: str) -> None:
    text = (ROOT / dockerfile).read_text()
    assert not re.search(r"https?://|--index-url|--trusted-host|# *syntax=", text)
    assert not re.search(r"(?i)(password|token|secret)\w*[= ]+\S", text)
