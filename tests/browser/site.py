"""``python -m tests.browser.site``: make the database of the browser tests' own site."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from datetime import datetime  # noqa: E402

from dangjian.foundation import clock  # noqa: E402
from tests import cast  # noqa: E402

if __name__ == "__main__":
    cast.assemble()
    clock.move_demo(datetime.fromisoformat(cast.A_WORKING_DAY).replace(tzinfo=clock.BEIJING))
