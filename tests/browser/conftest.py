"""A site of its own for browser tests: a real server process, a real database, a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.cast import PASSWORD

ROOT = Path(__file__).parents[2]
DATABASE = "site.sqlite3"
PICTURES = ROOT / "build" / "pictures"
WIDTHS = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (360, 740)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Seconds. Well below the minutes for which the system believes that whoever signed in is still there.
SHARED_FOR = 300


Found = Callable[[str], dict[str, str]]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """``found(name)``: the environment of a new site, with empty tables. They are made once: it takes seconds."""
    empty = _environment(tmp_path_factory.mktemp("empty"))
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=empty, check=True)

    def at(name: str) -> dict[str, str]:
        new = _environment(tmp_path_factory.mktemp(name))
        shutil.copy(Path(empty["DANGJIAN_VAR"], DATABASE), new["DANGJIAN_VAR"])
        return new

    return at


@pytest.fixture(scope="session")
def site(found: Found) -> Iterator[str]:
    """The address of a server with the test cast in it, its clock at 2022-08-24 09:00."""
    with served(found("site"), "tests.browser.site") as address:
        yield address


def _environment(var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DANGJIAN_DEMO": "1",
        "DANGJIAN_VAR": str(var),
        "DATABASE_URL": f"sqlite:///{var}/{DATABASE}",
    }


@contextmanager
def served(env: dict[str, str], maker: str) -> Iterator[str]:
    """The address of a server, its database made by the module ``maker``."""
    subprocess.run([sys.executable, "-m", maker], cwd=ROOT, env=env, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "dangjian.wsgi"]
    said = Path(env["DANGJIAN_VAR"], "server.log")
    with said.open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=log)
        worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in/", server, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in (worker, server):
            process.terminate()
        for process in (worker, server):
            process.wait(timeout=20)
    assert "Traceback" not in said.read_text(), said.read_text()


def _wait_for(address: str, server: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(100):
        assert server.poll() is None, said.read_text()
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"no answer from {address}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class Visitor:
    """Somebody at a screen of one width; looks for what the browser complains about while they work."""

    def __init__(self, context: BrowserContext, site: str, width: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.site, self.width = site, width
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, account: str) -> None:
        self.page.goto(f"{self.site}/sign-in/")
        self.page.get_by_label("账号").fill(account)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(f"{self.site}/")

    def open(self, path: str) -> None:
        self.page.goto(self.site + path)

    def picture(self, name: str) -> None:
        """Keep a picture for people to look at (in CI nobody does), and see that the page does not run out of the screen
        sideways."""
        if not os.environ.get("CI"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}-{self.width}.png", full_page=True)
        # A click goes on as soon as the next page begins to come, when there is nothing of it to measure yet.
        self.page.wait_for_load_state()
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} runs {wide} px out of the {self.width}"

    def at_every_width(self, name: str) -> None:
        """The page as it stands, looked at from a desk and on a phone, without going through it twice."""
        own, size = self.width, self.page.viewport_size
        for self.width in ("desktop", "phone"):
            across, high = WIDTHS[self.width]
            self.page.set_viewport_size({"width": across, "height": high})
            self.page.evaluate("scrollTo(0, 0)")
            self.picture(name)
            self.check_reach()
        assert size is not None
        self.width = own
        self.page.set_viewport_size(size)

    def check_reach(self) -> None:
        """WCAG 2.2 AA as far as a machine can tell."""
        axe = (ROOT / "build" / "axe" / "axe.min.js").read_text()
        self.page.evaluate(axe)
        # Whatever has scrolled half under the fixed head or bar would be measured as half as high: the whole page is shown.
        across, high = WIDTHS[self.width]
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": across, "height": max(high, whole)})
        self.page.evaluate("scrollTo(0, 0)")
        found = self.page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        self.page.set_viewport_size({"width": across, "height": high})
        faults = [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]
        assert not faults, "\n".join(faults)


Session = tuple[float, Any]


@pytest.fixture(scope="session")
def sessions() -> dict[str, Session]:
    """Of each account when it last signed in, and the cookies it got: the page and the slow hash are not asked again for
    each test. Nothing else that a browser keeps goes from one test to another."""
    return {}


@pytest.fixture
def visit(browser: Browser, site: str, sessions: dict[str, Session]) -> Iterator[Callable[[str, str], Visitor]]:
    """``visit(account, width)``: a visitor who has signed in."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def enter(account: str, width: str) -> Visitor:
        across, high = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": across, "height": high},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        contexts.append(context)
        visitor = Visitor(context, site, width)
        visitors.append(visitor)
        began, cookies = sessions.get(account, (-SHARED_FOR, []))
        if time.monotonic() - began < SHARED_FOR:
            context.add_cookies(cookies)
            visitor.open("/")
        if visitor.page.url != f"{site}/":
            visitor.sign_in(account)
            sessions[account] = (time.monotonic(), context.cookies())
        return visitor

    yield enter
    for context in contexts:
        context.close()
    assert [said for visitor in visitors for said in visitor.complaints] == []
