"""``python -m tests.browser.site_of_filings``: the test cast, and one unit's table handed in to the company."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from datetime import datetime  # noqa: E402

from dangjian.foundation import clock  # noqa: E402
from tests import cast  # noqa: E402

if __name__ == "__main__":
    held = cast.assemble()
    with clock.fixed_at(cast.A_WORKING_DAY):
        cast.a_filing(held)
    clock.move_demo(datetime.fromisoformat(cast.A_WORKING_DAY).replace(tzinfo=clock.BEIJING))
