"""``python -m tests.browser.site``: make the database of the browser tests' own site."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from datetime import datetime  # noqa: E402

from django.core.management import call_command  # noqa: E402

from dangjian.foundation import clock  # noqa: E402
from tests import cast  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    cast.assemble()
    clock.move_demo(datetime.fromisoformat(cast.A_WORKING_DAY).replace(tzinfo=clock.BEIJING))
