"""``python -m comptoir`` is the same as ``comptoir``."""

from __future__ import annotations

import sys

from comptoir.cli import main

if __name__ == "__main__":
    sys.exit(main())
