"""我的下载: a long export goes to the worker, and its file to nobody but its owner."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dangjian.foundation import clock
from dangjian.overview.download import Download, delete_expired, make_waiting
from dangjian.web import project_list
from dangjian.web.views import exports
from tests.cast import Cast, a_submitted

Browse = Callable[..., Any]
EXPORT = "/projects/export/"


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One project is short enough to wait for, two are not; and they are read one by one."""
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(project_list, "AT_A_TIME", 1)


def names(content: bytes) -> list[Any]:
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    column = rows[2].index("项目名称")
    return [row[column] for row in rows[3:-1]]


def test_a_long_export_is_made_by_the_worker_and_fetched_by_its_owner_alone(cast: Cast, browse: Browse) -> None:
    a_submitted(cast, name="甲")
    officer = browse(cast.people.officer)
    assert "还没有在后台准备的文件" in officer.get("/downloads/").content.decode()
    assert officer.post(f"{EXPORT}?order=number").streaming
    a_submitted(cast, name="乙")
    answer = officer.post(f"{EXPORT}?state=screening&order=tree", follow=True)
    assert answer.redirect_chain == [("/downloads/", 302)]
    assert "正在后台准备" in answer.content.decode()
    assert 'hx-trigger="every 5s"' in answer.content.decode()
    waiting = Download.objects.get()
    file = reverse("download-file", args=[waiting.pk])
    assert officer.get(file).status_code == 404

    make_waiting()
    shown = officer.get("/downloads/").content.decode()
    assert (file in shown, "every 5s" in shown, "8月31日前可以下载" in shown) == (True, False, True)
    answer = officer.get(file)
    assert (answer["Cache-Control"], answer["Content-Type"].rpartition(".")[2]) == ("private, no-store", "sheet")
    assert names(b"".join(answer.streaming_content)) == ["甲", "乙"]
    for who in ("colleague", "unit_secretary", "leader", "secretary", "system_admin"):
        assert browse(getattr(cast.people, who)).get(file).status_code == 404
    assert "已做好，共 2 条" in officer.get("/notices/").content.decode()
    assert 'href="/downloads/"' in officer.get("/notices/").content.decode().partition("<main")[2]

    with clock.fixed_at("2022-09-01 09:00"):
        delete_expired()
        officer = browse(cast.people.officer)
        assert "已到期删除" in officer.get("/downloads/").content.decode()
        assert officer.get(file).status_code == 404


def test_the_rows_are_those_one_may_see_when_it_is_made(cast: Cast, browse: Browse) -> None:
    for name in ("甲", "乙"):
        a_submitted(cast, name=name)
    browse(cast.people.officer).post(EXPORT)
    cast.people.officer.appointments.get().end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-25 09:00"):
        make_waiting()
    download = Download.objects.get()
    assert (download.state, download.reason) == ("failed", "没有可以导出的项目")
    shown = browse(cast.people.officer).get("/downloads/").content.decode()
    assert "没有做成" in shown
