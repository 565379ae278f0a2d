"""Write the JSON schemas that are kept beside what they describe.

Run it after changing ``engine/session/format.py``, ``engine/devices/describing.py`` or
``engine/analysis/layout.py``; with ``--check`` it only says whether the files are fresh.
"""

import sys
from pathlib import Path

from engine.analysis import layout
from engine.devices import describing
from engine.session import schema

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = {
    ROOT / "protocols" / "protocol.schema.json": schema.schema_text,
    ROOT / "engine" / "analysis" / "analysis.schema.json": layout.schema_text,
    ROOT / "engine" / "devices" / "devices.schema.json": describing.schema_text,
}


def main() -> int:
    """Write the files, or compare them; return the exit status."""
    stale = [
        file
        for file, text in SCHEMAS.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != text()
    ]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"{file.name} is stale: run python tools/{Path(__file__).name}")
        return 1 if stale else 0
    for file in stale:
        file.write_text(SCHEMAS[file](), encoding="utf-8", newline="\n")
        print(f"wrote {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
