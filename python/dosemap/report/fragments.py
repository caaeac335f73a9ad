"""Pieces of HTML that several parts of a page have: sections, tables, lists of terms."""

from collections.abc import Iterable, Sequence

from dosemap.report.markup import Markup, element, joined


def section(identity: str, title: str, *children: str | None) -> Markup:
    """Return a part of the page that can be jumped to and has a name."""
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, *children, id=identity, aria_labelledby=f"{identity}-title")


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Iterable[int] = (),
) -> Markup:
    """Return a table that scrolls by itself where it is wider than the page.

    Roles are given because a style that lays cells below each other would take them away.

    Parameters
    ----------
    caption
        What it holds.
    heads
        Of the columns.
    rows
        Cells; the first of each names the row.
    numbers
        Columns that hold numbers, aligned at their right.
    """
    right = dict.fromkeys(numbers, "number")
    head = element(
        "tr",
        *(
            element("th", text, scope="col", role="columnheader", class_=right.get(i))
            for i, text in enumerate(heads)
        ),
        role="row",
    )
    body = (
        element(
            "tr",
            element("th", row[0], scope="row", role="rowheader", class_=right.get(0)),
            *(
                element("td", cell, role="cell", data_head=heads[i], class_=right.get(i))
                for i, cell in enumerate(row[1:], 1)
            ),
            role="row",
        )
        for row in rows
    )
    return scrolling(
        caption,
        element("caption", caption),
        element("thead", head, role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
    )


def scrolling(name: str, *parts: str) -> Markup:
    """Return the parts of a table in a frame that keyboards can scroll, too."""
    inner = element("table", *parts, role="table")
    return element("div", inner, class_="scrolling", tabindex="0", role="region", aria_label=name)


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return names and values, each pair on a line."""
    return element(
        "dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs)
    )


def items(texts: Iterable[str], *, class_: str | None = None) -> Markup:
    """Return a list."""
    return element("ul", *(element("li", text) for text in texts), class_=class_)


def notes(texts: Iterable[str]) -> Markup:
    """Return short paragraphs of small weight."""
    return joined(*(element("p", text, class_="note") for text in texts))
