"""``python -m bench.measuring FOLDER``: make the data set in DATABASE_URL, measure every case, write FOLDER/result.json."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from bench import dataset, exported, imported, printed, statement  # noqa: E402
from bench.browser import Browser  # noqa: E402
from bench.case import cases  # noqa: E402
from bench.company import PASSWORD, SIGNED_IN  # noqa: E402
from bench.measured import Measured  # noqa: E402
from bench.server import serving  # noqa: E402

ROUNDS = 2


def main(folder: Path) -> None:
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    dataset.build()
    made = time.monotonic() - start
    measured = [Measured(case) for case in cases()]
    with (
        serving("dangjian.wsgi:application", folder / "web.log") as web,
        serving("bench.constant:application", folder / "constant.log") as plain,
    ):
        browsers = {role: Browser(web.port) for role in SIGNED_IN}
        for role, username in SIGNED_IN.items():
            browsers[role].sign_in(username, PASSWORD)
        plain_browser = Browser(plain.port)
        for _ in range(ROUNDS):
            for each in measured:
                each.measure(browsers[each.case.role], web, plain_browser)
    export, intake, drawn = exported.measure(), imported.measure(), printed.measure()
    result = {
        "database": statement.database(), "data_seconds": round(made, 1), "seconds": round(time.monotonic() - start, 1),
        "cases": [each.as_result() for each in measured], "export": export,
        "import": intake, "papers": drawn,
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
