"""The protocol format as a JSON schema, so that an editor can complete and check a file."""

import json

from engine.session.format import SessionProtocol


def schema_text() -> str:
    """Return the schema of protocol files, as it is kept beside them."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SessionProtocol.model_json_schema(),
        "title": "A protocol of anlan",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
