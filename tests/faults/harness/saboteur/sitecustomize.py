"""Imported by every program that the harness starts with this folder on its path, before anything of the program.

The product has no hooks for tests; what a test needs inside of a process is put in here.
"""

import os
import sys
import traceback

try:
    if os.environ.get("GAMEDESK_MUTANT"):
        import saboteur_mutants

        saboteur_mutants.become(os.environ["GAMEDESK_MUTANT"])
    if "worker" in sys.orig_argv:
        import saboteur_failpoints

        saboteur_failpoints.install(os.environ["GAMEDESK_FAILPOINTS"])
except BaseException:  # Python itself would go on without
    traceback.print_exc()
    os._exit(70)
