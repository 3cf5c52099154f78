"""The circular (方案文件): the paper that the company of the demo attaches to its notice, made from the scheme's own head."""

from datetime import date

from dangjian.foundation.window import day_text
from dangjian.papers.blocks import Foot, Paper, SignatureRow, Text, Title
from dangjian.programmes.scheme import Scheme


def circular(scheme: Scheme, made_on: date) -> Paper:
    """Title, purpose, principles, windows and who signs."""
    head = scheme.head
    windows = "；".join(f"{window.label}：{window}" for window in scheme.windows.values())
    return Paper(
        title=head.title,
        stem=head.title,
        blocks=(
            Title(head.title),
            Text(f"{head.guidance}"),
            Text(f"{'；'.join(head.principles)}。"),
            Text(f"各项时限：{windows}。"),
            SignatureRow.closing(head.issuer, day_text(made_on)),
        ),
        foot=Foot.OUTER,
        made_on=made_on,
    )
