"""LibreOffice, where it is installed and switched on (``DANGJIAN_LIBREOFFICE``): a Word file as the PDF it prints as."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
import threading
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

SECONDS = 60
_TURN = threading.Lock()
"""One at a time: it takes some 250 MB and a processor for seconds."""


def is_on() -> bool:
    return bool(settings.LIBREOFFICE) and Path(settings.LIBREOFFICE).is_file()


def pdf_of(word_file: bytes) -> bytes | None:
    """The PDF; None where it could not be made, which is written to the log."""
    with _TURN, tempfile.TemporaryDirectory(prefix="dangjian-office-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(word_file)
        command = [
            str(settings.LIBREOFFICE), "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", "pdf", "--outdir", name, str(folder / "paper.docx"),
        ]  # fmt: skip
        # Nothing of ours is handed over: no database address, no secret key.
        env = {"PATH": os.environ.get("PATH", ""), "HOME": name, "LANG": "C.UTF-8"}
        try:
            subprocess.run(command, env=env, cwd=name, capture_output=True, timeout=SECONDS, check=True)
            return (folder / "paper.pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as wrong:
            log.warning("LibreOffice made no PDF: %s", wrong)
            return None
