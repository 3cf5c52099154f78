"""``python -m dangjian.cli``: the console command where the script is not on the path."""

import sys

from dangjian.cli import main

if __name__ == "__main__":
    sys.exit(main())
