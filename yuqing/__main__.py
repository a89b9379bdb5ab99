"""Entry of the console script ``yuqing`` and of ``python -m yuqing``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = None
    if "_YUQING_COMPLETE" in os.environ:  # TAB was pressed
        from yuqing import offers

        code = offers.answer(os.environ)
    elif "overdue" in sys.argv:  # cron's question, mostly answered before
        from yuqing import again

        code = again.answer(sys.argv[1:])
    if code is None:
        import gc

        # so short a run has few rings to collect, and would look for them while modules load
        gc.set_threshold(100_000)
        # what other programs plug into pydantic has no say in what a case file may hold
        os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
        from yuqing.cli.app import main as run

        try:
            code = run()
        finally:
            gc.freeze()  # all goes at once now: what might go alone need not be looked for
    sys.exit(code)


if __name__ == "__main__":
    main()
