"""Where the knowledge that comes with the package lives."""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).parent
