"""A million values through the whole door, three times, beside COPY of the same values into the same table of another copy of the region."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson

