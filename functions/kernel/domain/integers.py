"""Integers as JSON has them."""

from typing import Any

from pydantic import BeforeValidator


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


INTEGRAL = BeforeValidator(_integral)
"""Beside a strict int: 30.0 is one, too, as it is to JSON Schema (2020-12, §4.2.1)."""
