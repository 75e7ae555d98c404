"""Paths for the trainers' tests: the helpers beside them are imported by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
