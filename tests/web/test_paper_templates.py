"""文书模板: from our form through the check and the preview into force; what was issued before stays as it was."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.refusal import Refused
from dangjian.overview.paper_form import FORMS
from dangjian.overview.paper_template import PaperTemplate, TemplateUse
from dangjian.papers import office
from tests.cast import Cast, a_draft, a_filing, a_handed_in_plan, a_submitted, an_established
from tests.papers.reading import opened, pdf_pages, squeezed, word_text
from tests.papers.test_template import edited

pytestmark = pytest.mark.django_db
Browse = Callable[..., Any]


def sent(data: bytes, name: str = "改版.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def later(days: int) -> Any:
    return clock.fixed_at(clock.now() + timedelta(days=days))


@pytest.mark.clause("S-102", "S-122")
def test_a_template_goes_into_force_by_two_steps_and_what_was_issued_stays(cast: Cast, browse: Browse) -> None:
    officer, secretary = browse(cast.people.company_officer), browse(cast.people.secretary)
    before = a_submitted(cast, name="先报的")
    page = reverse("paper-form", args=["application"])
    assert "一直用系统自带样式" in officer.get(page).content.decode()
    ours = body(officer.get(reverse("paper-form-ours", args=["application"])))
    wrong = officer.post(page, {"file": sent(edited(ours, ("{{ 立项支部 }}", "{{ 立项支步 }}")))})
    assert "正文第1个表格第1行第2格：“{{ 立项支步 }}”不是这份文书的占位符，是不是 {{ 立项支部 }}" in str(
        wrong.context["form"].errors["file"]
    ).replace("&quot;", '"')
    assert not PaperTemplate.objects.exists()
    new = edited(ours, ("党建项目化管理项目申请表", "本公司党建项目申请表"))
    assert officer.post(page, {"file": sent(new), "note": "标题改了"}).status_code == 302
    version = PaperTemplate.objects.get()
    shown = reverse("paper-template", args=[version.pk])
    assert "必需的占位符齐全" in officer.get(shown).content.decode()
    preview = reverse("paper-template-preview", args=[version.pk, "docx"])
    assert "〔项目主要责任人〕" in word_text(body(officer.get(preview)))
    assert "本公司党建项目申请表" in word_text(body(officer.get(f"{preview}?real")))
    assert "先报的" in word_text(body(officer.get(f"{preview}?real")))
    assert officer.get(reverse("paper-template-file", args=[version.pk])).getvalue() == new

    def title(project: Any, kind: str = "docx") -> str:
        return body(secretary.get(reverse("paper", args=[project.pk, "application", kind])))  # type: ignore[return-value]

    assert "本公司党建" not in word_text(title(before))
    with later(1):
        assert officer.post(reverse("paper-template-adoption", args=[version.pk])).status_code == 302
        assert "正在启用" in officer.get(shown).content.decode()
        after = a_submitted(cast, name="后报的")
        draft = a_draft(cast, name="没报的")
        assert "本公司党建" not in word_text(title(before))
        assert "本公司党建项目申请表" in word_text(title(after))
        assert "本公司党建项目申请表" in word_text(title(draft))
        foot = opened(title(after)).sections[0].footer  # type: ignore[arg-type]
        assert "打印人" in foot.paragraphs[-1].text
        assert foot.part.element.xpath(".//pic:pic")
        # Without LibreOffice the PDF keeps the built-in form.
        assert "本公司党建" not in pdf_pages(title(after, "pdf"))[0]  # type: ignore[arg-type]
    with later(2):
        with pytest.raises(Refused, match="现在用的就是第1版"):
            version.adopt(by=cast.people.company_officer)
        officer.post(reverse("paper-form-restoration", args=["application"]))
        assert "曾启用" in officer.get(page).content.decode()
        assert "本公司党建项目申请表" in word_text(title(after))
        assert "本公司党建" not in word_text(title(draft))
    assert [use.template_id for use in TemplateUse.objects.order_by("pk")] == [version.pk, None]
    assert {"paper_template.take", "paper_template.adopt", "template_use.restore"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
    with pytest.raises(Refused, match="不能修改"):
        version.save()


def test_nobody_else_reaches_a_template(cast: Cast, browse: Browse) -> None:
    form = FORMS["notice"]
    version = PaperTemplate.take(form, form.ours(), name="通知.docx", by=cast.people.company_officer)
    for who in ("officer", "secretary", "leader", "system_admin"):
        browser = browse(getattr(cast.people, who))
        for name, args in (
            ("paper-templates", []), ("paper-form", ["notice"]), ("paper-form-ours", ["notice"]), ("paper-template", [version.pk]),
            ("paper-template-file", [version.pk]), ("paper-template-preview", [version.pk, "docx"]),
        ):  # fmt: skip
            assert browser.get(reverse(name, args=args)).status_code == 404, (who, name)
        assert browser.post(reverse("paper-template-adoption", args=[version.pk])).status_code == 404
        assert browser.post(reverse("paper-form-restoration", args=["notice"])).status_code == 404
        with pytest.raises(Refused, match="更换文书模板"):
            version.adopt(by=getattr(cast.people, who))
    assert browse(cast.people.company_officer).get("/paper-templates/letter/").status_code == 404


def test_the_template_of_another_paper_is_called_by_its_name(cast: Cast, browse: Browse) -> None:
    company = browse(cast.people.company_officer)
    for sent, own in ((sent, own) for sent in FORMS.values() for own in FORMS.values() if sent is not own):
        page = company.post(
            reverse("paper-form", args=[own.key]), {"file": SimpleUploadedFile("模板.docx", sent.ours()), "note": ""}
        )
        assert page.context["form"].errors["file"] == [
            f"这是{sent.label}的模板，请到“{sent.label}”那里上传；这里换的是{own.label}"
        ]
    assert not PaperTemplate.objects.exists()


def test_every_form_filled_from_our_own_template_says_what_our_own_paper_says(cast: Cast, browse: Browse) -> None:
    from dangjian.papers import face

    project = an_established(cast)
    a_handed_in_plan(cast, project)
    a_filing(cast).settle(by=cast.people.company_officer)
    officer = cast.people.company_officer
    assert not [form.key for form in FORMS.values() if form.newest(officer) is None]
    for form in FORMS.values():
        version = PaperTemplate.take(form, form.ours(), name=f"{form.label}.docx", by=officer)
        paper = form.newest(officer)
        assert paper is not None
        assert paper.form == form.key
        assert paper.issued_at is not None
        drawn, _ = face.drawn(paper, "docx", by=officer.name)
        made = version.preview("docx", person=officer, real=True)
        assert made is not None
        assert word_text(made) == word_text(drawn), form.key
        assert version.unused == []


def test_pdf_follows_the_template_where_libreoffice_is_switched_on(
    cast: Cast, browse: Browse, settings: Any, tmp_path: Path
) -> None:
    officer = browse(cast.people.company_officer)
    form = FORMS["notice"]
    version = PaperTemplate.take(form, form.ours(), name="通知.docx", by=cast.people.company_officer)
    preview = reverse("paper-template-preview", args=[version.pk, "pdf"])
    assert officer.get(preview).status_code == 404
    program = tmp_path / "soffice"
    program.write_text(
        '#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\nprintf "%%PDF-1.7 made" >"$2/paper.pdf"\n'
    )
    program.chmod(0o755)
    settings.LIBREOFFICE = str(program)
    assert office.is_on()
    assert body(officer.get(preview)) == b"%PDF-1.7 made"
    assert "示例 PDF" in officer.get(reverse("paper-template", args=[version.pk])).content.decode()
    program.write_text("#!/bin/sh\nexit 1\n")
    assert officer.get(preview).status_code == 302
    assert squeezed("预览没有生成") in officer.get(reverse("paper-template", args=[version.pk])).content.decode()


def test_a_refusal_for_another_reason_says_that_the_file_is_to_be_chosen_again(cast: Cast, browse: Browse) -> None:
    officer, page = browse(cast.people.company_officer), reverse("paper-form", args=["application"])
    ours = body(officer.get(reverse("paper-form-ours", args=["application"])))
    refused = officer.post(page, {"file": sent(ours), "note": "长" * 201})
    assert refused.context["form"].errors["file"] == ["请重新选择文件"]
    assert "请重新选择文件" not in officer.get(page).content.decode()
    assert "请重新选择文件" not in officer.post(page, {}).content.decode()
    assert not PaperTemplate.objects.exists()
