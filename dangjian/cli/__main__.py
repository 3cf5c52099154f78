"""``python -m dangjian.cli``: the console command where the script is not on the path."""

import sys

from dangjian.cli import main

sys.exit(main())
