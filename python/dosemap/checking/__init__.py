"""What one report has, lacks and contradicts, before any dose is computed."""

from dosemap.checking.document import SCHEMA, check_document

__all__ = ["SCHEMA", "check_document"]
