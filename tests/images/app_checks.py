"""The app image: what is in it, how it starts, serves and stops as platforms run it."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.images.engine import NETWORK, Engine
from tests.images.home import Home
from tests.images.progress import Progress, expect
from tests.images.standins import ROOT

IMAGE, ONNX, NAME, PORT = "tablecast", "tablecast:onnx", "app", 7070
STRICT = (
    "--read-only", "--memory=512m", "--memory-swap=512m", "--user=54321:54321",
    "--cap-drop=ALL", "--security-opt=no-new-privileges",
    f"--env=PORT={PORT}", "--env=WEB_CONCURRENCY=2",
)  # fmt: skip
TRAINING = (
    "pandas",
    "sklearn",
    "scipy",
    "duckdb",
    "onnx",
    "mysql",
    "psycopg",
    "pip",
    "jupyter_core",
)
MEGABYTE = 1 << 20


def check_app(engine: Engine, home: Home, progress: Progress) -> None:
    """All checks of the app image."""
    with progress.step("the app image builds: loads, trains, seals, and leaves training behind"):
        engine.docker("build", NETWORK, f"--tag={IMAGE}", str(ROOT), seconds=1800)
        _check_contents(engine)
    with progress.step("read-only, as any user, on the port it is told, without rights"):
        began = time.monotonic()
        with running(engine):
            address = _address(engine)
            _wait(address)
            progress.note(f"answers {time.monotonic() - began:.1f} s after `docker run`")
            _check_start(engine, address, progress)
            _check_verify(engine, home, address, progress)
            engine.wait_healthy(NAME)
    with progress.step("512 MB are enough for a table of a million rows"), running(engine):
        address = _address(engine)
        _wait(address)
        _check_memory(engine, address, progress)
    with progress.step("SIGTERM: what is being answered is answered whole"), running(engine):
        address = _address(engine)
        _wait(address)
        _check_drain(engine, address, progress)
    with progress.step("an altered model is not served, and the file is named"):
        spoil = "for file in model/*/model.onnx; do echo >> $file; done; exec gunicorn --config"
        one = "--env=WEB_CONCURRENCY=1"
        command = ("run", "--rm", "--user=0", one, "--entrypoint=sh", IMAGE, "-c")
        log = engine.docker(*command, f"{spoil} Task3_api/server/gunicorn.conf.py", fails=True)
        expect(log, "tablecast: ", "model.onnx differs from its manifest")
        assert "Traceback" not in log
    _check_other_models(engine, home, progress)


def _check_other_models(engine: Engine, home: Home, progress: Progress) -> None:
    """A model that is no forest, sealed elsewhere: two images, of which one can serve it."""
    sealed = home.folder / "sealed"
    (sealed / "tablecast").mkdir(parents=True)
    example, site = ROOT / "examples/data_science", home.folder / "site"
    source = shutil.copytree(example, home.folder / "data_science")
    home.pip("install", "--no-build-isolation", "--no-deps", f"--target={site}", str(source))
    home.tablecast("run", "births", "--no-serve", "--model", "ridge", PYTHONPATH=str(site))
    shutil.copytree(home.folder / "models/births", sealed / "tablecast/model")
    build = ("build", NETWORK, "--progress=plain", f"--build-context=sealed={sealed}", str(ROOT))
    with progress.step("a model that the image cannot serve fails its build"):
        log = engine.docker(*build, "--tag=unservable", seconds=1800, fails=True)
        expect(log, "this model is no forest and runs on onnxruntime, which is not installed")
    with progress.step("with SERVING=serve-onnx it is served"):
        tag = ("--build-arg=SERVING=serve-onnx", f"--tag={ONNX}")
        engine.docker(*build, *tag, seconds=1800)
        with running(engine, ONNX):
            address = _address(engine)
            _wait(address)
            status, body = ask(address, PORT, "/predict?mother_age=40")
            assert status == 200, body
            assert json.loads(body)["set"]


@contextmanager
def running(engine: Engine, image: str = IMAGE) -> Iterator[None]:
    """An app image, running with as little as it may have."""
    engine.docker("run", "--detach", f"--name={NAME}", *STRICT, image)
    try:
        yield
    finally:
        engine.docker("rm", "--force", "--volumes", NAME)


def ask(host: str, port: int, path: str) -> tuple[int, bytes]:
    """The status and body of a GET."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _check_contents(engine: Engine) -> None:
    names = "', '".join(TRAINING)
    code = f"import importlib.util as u; print([n for n in ['{names}'] if u.find_spec(n)])"
    run = ("run", "--rm", "--entrypoint=/opt/venv/bin/python", IMAGE, "-I", "-c", code)
    expect(engine.docker(*run), "[]")


def _check_start(engine: Engine, address: str, progress: Progress) -> None:
    expect(engine.docker("logs", NAME), "serving houses, version ")
    status, body = ask(address, PORT, "/predict?x=1800")
    answer = json.loads(body)
    assert status == 200
    assert answer["lower"] < answer["prediction"] < answer["upper"]
    for _ in range(20):
        ask(address, PORT, "/?living_area=1800")
    for line in engine.docker("top", NAME, "-o", "pid,rss").splitlines()[1:]:
        megabytes = int(line.split()[1]) * 1024 / MEGABYTE
        progress.note(f"a process holds {megabytes:.0f} MB")
        assert megabytes < 150


def _check_verify(engine: Engine, home: Home, address: str, progress: Progress) -> None:
    """Its answers, asked from outside, are the sealed model's own."""
    models = home.folder / "models"
    models.mkdir(exist_ok=True)
    engine.docker("cp", f"{NAME}:/app/model", str(models / "houses"))
    progress.note(home.tablecast("verify", "houses", f"http://{address}:{PORT}").strip())


def _check_memory(engine: Engine, address: str, progress: Progress) -> None:
    rows = 1_000_000
    table = b"living_area,heating,note\n" + b"1800,gas," + b"n" * 40 + b"\n"
    table += table.partition(b"\n")[2] * (rows - 1)
    connection = http.client.HTTPConnection(address, PORT, timeout=120)
    connection.request("POST", "/batch_prediction", table, {"Content-Type": "text/csv"})
    response, lines = connection.getresponse(), 0
    while piece := response.read(MEGABYTE):
        lines += piece.count(b"\r\n")
    connection.close()
    assert lines == rows + 1
    state = engine.inspect(NAME)
    assert state["HostConfig"]["Memory"] == 512 * MEGABYTE
    assert not state["State"]["OOMKilled"]
    for line in engine.docker("top", NAME, "-o", "pid,rss").splitlines()[1:]:
        progress.note(f"a process holds {int(line.split()[1]) * 1024 / MEGABYTE:.0f} MB after it")


def _check_drain(engine: Engine, address: str, progress: Progress) -> None:
    rows = 400_000
    sizes: list[int] = []
    table = b"living_area\n" + b"1800\n" * rows

    def send() -> None:
        connection = http.client.HTTPConnection(address, PORT, timeout=60)
        connection.request("POST", "/batch_prediction", table, {"Content-Type": "text/csv"})
        response = connection.getresponse()
        begun.set()
        sizes.append(response.read().count(b"\r\n"))

    begun = threading.Event()
    thread = threading.Thread(target=send)
    thread.start()
    assert begun.wait(30)
    began = time.monotonic()
    engine.docker("stop", "--time=30", NAME)
    seconds = time.monotonic() - began
    thread.join()
    progress.note(f"stopped {seconds:.1f} s after SIGTERM, {sizes[0] - 1:,} rows answered")
    assert sizes == [rows + 1]
    assert seconds < 20
    assert engine.inspect(NAME)["State"]["ExitCode"] == 0


def _address(engine: Engine) -> str:
    return str(engine.inspect(NAME)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])


def _wait(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if ask(address, PORT, "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("it does not answer")


def sealed_model(models: Path) -> Path:
    """The folder of the one sealed model."""
    (manifest,) = models.glob("houses/*/manifest.json")
    return manifest.parent
