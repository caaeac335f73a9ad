"""What a page was made from and by: interval, versions, data, profile, and the disclaimer again."""

from collections.abc import Mapping
from typing import Any

from dosemap.interval_words import distinct_bounds
from dosemap.report.fragments import section, table, terms
from dosemap.report.markup import Markup, element, foreign


def interval_section(interval: Mapping[str, Any]) -> Markup:
    """Return what bounds the interval of the peak skin dose; what it assumes stands at the top."""
    return section(
        "interval",
        "What bounds the interval",
        table(
            "Bounds",
            ("quantity", "from and to", "source"),
            [
                tuple(foreign(text) for text in bound)
                for bound in distinct_bounds(interval["bounds"])
            ],
        ),
    )


def about_section(document: Mapping[str, Any]) -> Markup:
    """Return versions, identifiers and corrections."""
    procedure, equipment = document["procedure"], document["equipment"]
    file = equipment["file"]
    rows = [
        ("program", f"{document['software']['name']} {document['software']['version']}"),
        ("equipment profile", foreign(equipment["profile"] or "none")),
        ("profile's own file", foreign(f"{file['name']}, SHA-256 {file['sha256']}"))
        if file
        else ("profile's own file", "none: as shipped" if equipment["profile"] else "none"),
        ("study instance UID", foreign(procedure["study_instance_uid"] or "not known")),
        ("report's own UID", foreign(procedure["sop_instance_uid"] or "not known")),
        ("report made", foreign(procedure["content_created"] or "not known")),
        ("surface", foreign(document["map"]["surface"] or "none")),
        ("points of the map", f"{document['map']['vertices']:,}"),
    ]
    corrections = [(foreign(name), foreign(text)) for name, text in document["corrections"].items()]
    tables = [(name, content_hash) for name, content_hash in document["data_tables"].items()]
    return section(
        "about",
        "What it was made from",
        terms(rows),
        table("Corrections", ("factor", "used"), corrections),
        element(
            "details",
            element("summary", f"Data tables and their hashes ({len(tables)})"),
            table("Data tables", ("table", "hash"), tables),
        ),
        element("p", document["software"]["notice"], class_="disclaimer"),
    )
