"""Paths for the tests: the helpers beside them are imported by name. Hypothesis is given the time it needs."""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# The trainers', engines' and language models' environments have no hypothesis.
with contextlib.suppress(ImportError):
    from hypothesis import HealthCheck, settings

    # A machine with other work on it is no failure.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")
