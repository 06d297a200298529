"""``python -m autograd`` runs the command line, as ``python -m gradtrace`` does."""

import sys

from gradtrace.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
