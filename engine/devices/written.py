"""What a vendor wrote where a type was asked for: Python lets anything stand there."""

from typing import Any


def written(value: object) -> Any:  # noqa: ANN401 - that is the point
    """Return ``value`` as something whose type nobody has looked at yet."""
    return value
