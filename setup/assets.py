"""Style sheets, scripts and fonts: fetched from npm by a lock, copied into ``build/``, never committed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setup.environment import PYTHON
from setup.node import npm
from setup.step import BUILD, ROOT, dataless_environment, digest, run, step

PACKAGES = ROOT / "node_modules"
STATIC = BUILD / "static"
STAMPS = BUILD / "stamps"

# build/vendor is served, build/fonts is for the papers, build/axe for the tests.
COPIES = {
    "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "fonts/NotoSerifSC-Regular.ttf": "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "fonts/NotoSerifSC-SemiBold.ttf": "@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf",
    "fonts/NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-Medium.ttf": "@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf",
    "axe/axe.min.js": "axe-core/axe.min.js",
}


def ready() -> None:
    """Make sure that ``build/`` holds the fetched files and the static files that the server hands out."""
    sources = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc", Path(__file__).resolve()]
    if not _current("packages", sources, [BUILD / name for name in COPIES]):
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        with step("取样式与字体"):
            run(
                command,
                remedy="样式与字体没有取到（原因见上）。检查网络或 npm 软件源（npm config set registry 地址）后重试",
            )
            for name, source in COPIES.items():
                _copy(PACKAGES / source, BUILD / name)
        _stamp("packages", sources)
    sources += [*(ROOT / "dangjian").glob("**/static/**/*.*"), ROOT / "dangjian/settings.py", ROOT / "requirements.txt"]
    if not _current("static", sources, [STATIC / "staticfiles.json"]):
        with step("汇集静态文件"):
            command = [PYTHON, "manage.py", "collectstatic", "--noinput"]
            run(command, remedy="静态文件没有汇集成（原因见上）", env=dataless_environment())
        _stamp("static", sources)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; a mention of its source map is dropped, for the map is not copied and the server would look for it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in (".css", ".js"):
        text = source.read_text(encoding="utf-8")
        target.write_text(re.sub(r"\n?(/\*|//)# sourceMappingURL=\S+( \*/)?", "", text), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def _current(name: str, sources: list[Path], results: list[Path]) -> bool:
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == digest(sources) and all(file.is_file() for file in results)


def _stamp(name: str, sources: list[Path]) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(digest(sources))
