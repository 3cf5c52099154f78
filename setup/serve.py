"""The demo: sample data on SQLite, then the web server and the worker as children of this process."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from setup.environment import PYTHON
from setup.step import ROOT, Refusal, clean_environment, run, step

VAR = ROOT / "var" / "demo"
HOST = "127.0.0.1"
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


def demo(port: int) -> None:
    """Serve until Ctrl-C or SIGTERM. The worker is started again when it dies; when the web server dies, all stops."""
    VAR.mkdir(parents=True, exist_ok=True)
    env = clean_environment(DANGJIAN_DEMO="1", DANGJIAN_VAR=str(VAR), PYTHONUNBUFFERED="1")
    env["DANGJIAN_LIBREOFFICE"] = shutil.which("soffice") or ""
    broken = "演示数据没有备好（原因见上）。清空后重来：make reset-demo && make demo"
    with step("升级数据库"):
        run([PYTHON, "manage.py", "migrate", "--noinput"], remedy=broken, env=env)
    with step("准备演示数据"):
        accounts = run([PYTHON, "manage.py", "demo"], remedy=broken, env=env)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    web = Child("web", _gunicorn(port), env)
    worker = Child("worker", [PYTHON, "manage.py", "worker"], env)
    try:
        web.start()
        worker.start()
        with step("启动网页与后台任务"):
            _wait_for_answer(port, web, stop)
        if not stop.is_set():
            _welcome(port, accounts)
        _watch(web, worker, stop)
    finally:
        worker.stop()
        web.stop()
    print("\n已停止。", flush=True)


def reset_demo() -> None:
    """Forget the demo's data; the next ``make demo`` makes them again."""
    shutil.rmtree(VAR, ignore_errors=True)
    print("演示数据已清空。", flush=True)


class Child:
    """A process of the demo. What it prints goes to a log beside the data."""

    def __init__(self, name: str, command: list[str | Path], env: dict[str, str]) -> None:
        self.command = command
        self.env = env
        self.log = VAR / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = 1.0

    def start(self) -> None:
        # A session of its own, so that Ctrl-C reaches only the parent, which stops both in order.
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None or self.is_dead():
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def port() -> int:
    """The port of ``PORT``, 8000 by default; refuses when it is taken, naming a free one."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT={text} 不是端口号。例如：make demo PORT=8001")
    wanted = int(text)
    if not _is_free(wanted):
        other = next((number for number in range(max(wanted + 1, 1024), 65536) if _is_free(number)), 8001)
        raise Refusal(f"端口 {wanted} 用不了（已被占用或无权限）。换一个：make demo PORT={other}")
    return wanted


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _gunicorn(port: int) -> list[str | Path]:
    options = ["--workers=1", "--threads=8", "--log-level=warning", "--no-control-socket", f"--bind={HOST}:{port}"]
    return [PYTHON, "-m", "gunicorn", *options, "dangjian.wsgi"]


def _wait_for_answer(port: int, web: Child, stop: threading.Event) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not stop.is_set():
        if web.is_dead() or time.monotonic() > deadline:
            print(f"\n{web.last_words()}", flush=True)
            raise Refusal(f"网页没有启动（原因见上，全文在 {web.log.relative_to(ROOT)}）")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
            connection.request("GET", "/")
            status = connection.getresponse().status
            connection.close()
            if status < 500:
                return
            print(f"\n{web.last_words()}", flush=True)
            raise Refusal(f"首页出错 {status}（原因见上，全文在 {web.log.relative_to(ROOT)}）")
        stop.wait(0.2)


def _welcome(port: int, accounts: str) -> None:
    logs = VAR.relative_to(ROOT)
    print(f"\n{accounts.strip()}\n\n党建项目化管理系统（演示）：http://{HOST}:{port}", flush=True)
    print(f"按 Ctrl-C 停止；日志在 {logs}；清空演示数据：make reset-demo", flush=True)


def _watch(web: Child, worker: Child, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        if web.is_dead():
            print(f"\n{web.last_words()}", flush=True)
            raise Refusal(f"网页停了（原因见上，全文在 {web.log.relative_to(ROOT)}）")
        if worker.is_dead():
            print(f"后台任务停了，{worker.pause:.0f} 秒后重新启动（见 {worker.log.relative_to(ROOT)}）", flush=True)
            if stop.wait(worker.pause):
                return
            worker.pause = min(worker.pause * 2, LONGEST_PAUSE)
            worker.start()
