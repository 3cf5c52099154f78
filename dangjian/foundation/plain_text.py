"""Plain text (可见文字): what was typed or pasted, without the signs that nobody sees and that no database or paper holds.

Text copied from Word, a PDF or an old system carries them along. Whoever pastes it cannot see them, and can do nothing
with a refusal that names them; so they are left out, wherever text comes in.
"""

import re

# What parts lines elsewhere: Word's manual line break, a form feed, Unicode's own.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# Controls besides tab and line ends; what XML refuses; halves of characters.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text without controls; what broke a line goes on doing so."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))
