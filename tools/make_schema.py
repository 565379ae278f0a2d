"""Write protocols/protocol.schema.json from the protocol format.

Run it after changing ``engine/session/format.py``; with ``--check`` it only says whether
the file is fresh.
"""

import sys
from pathlib import Path

from engine.session.schema import schema_text

TARGET = Path(__file__).resolve().parents[1] / "protocols" / "protocol.schema.json"


def main() -> int:
    """Write the file, or compare it; return the exit status."""
    text = schema_text()
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print("fresh" if fresh else f"stale: run python tools/{Path(__file__).name}")
        return 0 if fresh else 1
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
