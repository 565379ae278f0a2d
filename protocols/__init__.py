"""The protocols this package brings, registered the way a vendor would."""

from collections.abc import Iterable
from pathlib import Path

from engine.plugins import hookimpl


@hookimpl
def register_protocols() -> Iterable[Path]:
    """Return every protocol file of this folder."""
    return sorted(Path(__file__).parent.glob("*.toml"))
