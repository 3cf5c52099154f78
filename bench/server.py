"""A web server as the product runs it: gunicorn with one worker and threads, on this machine only."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.step import ROOT

HOST = "127.0.0.1"
SECONDS_TO_START, SECONDS_TO_STOP = 30, 10
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The processor time that the worker has used so far: unlike the clock, it does not run for other programs."""
        worker = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0]
        ticks = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(application: str, log: Path) -> Iterator[Server]:
    """Serve ``application`` (``module:name``) with our own environment. It is stopped when the block ends."""
    port = _free_port()
    options = ["--workers=1", "--threads=8", "--log-level=warning", "--no-control-socket", f"--bind={HOST}:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, application], cwd=ROOT, env=os.environ,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=_die_with_parent,
        )  # fmt: skip
    try:
        _wait_for_answer(port, process, log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    # However hard the bench is killed, no server stays behind.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not start:\n{log.read_text(errors='replace')}")
