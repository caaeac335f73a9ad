"""JSON on stdout, for programs; nothing here waits for rich, which lays out text for people."""

import json
import sys
from typing import Any

from dosemap.cli.encoding import encodable_json


def print_data(text: str) -> None:
    """Write JSON to stdout."""
    sys.stdout.write(encodable_json(text, sys.stdout.encoding) + "\n")
    sys.stdout.flush()


def print_json(document: object) -> None:
    """Write a document, laid out for people too, to stdout."""
    print_data(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def failed_document(source: str, message: str) -> dict[str, Any]:
    """Return what stands in the place of the document of a file that cannot be read."""
    return {"source": source, "error": message, "alerts": []}
