"""The faces of a paper: the kinds of file in which it leaves the system."""

from dangjian.papers import pdf, word

FACES = {
    "docx": (word.draw, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf.draw, "application/pdf"),
}
"""Kind → what draws it, and its media type."""

BINDERS = {"docx": word.bind, "pdf": pdf.bind}
"""Kind → what binds several papers into one file, each with a foot of its own."""
