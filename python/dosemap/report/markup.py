"""HTML whose texts are escaped by construction, and texts of reports made harmless.

What is no :class:`Markup` is text: :func:`element` escapes it. Texts of a report, a file name or a
profile can hold anything (script tags, control characters, marks that turn the reading direction
of the whole page, ten thousand letters): :func:`foreign` shows them, clipped and for themselves.
"""

import html
import json
import re

_LONGEST = 400
_NO_SIGN = "\N{REPLACEMENT CHARACTER}"
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # control characters but the end of a line
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # direction, zero width
    "\ud800-\udfff]"  # halves of a character, which no file can hold
)
_VOID = frozenset({"meta", "input", "col", "br"})
_IN_SCRIPT = str.maketrans(
    {sign: f"\\u{ord(sign):04x}" for sign in ("<", ">", "&", "\u2028", "\u2029")}
)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Return a text as HTML, also for attributes; what cannot be seen becomes a sign that can.

    Examples
    --------
    >>> escaped("<b>")
    '&lt;b&gt;'
    """
    return text if isinstance(text, Markup) else Markup(html.escape(seen(text)))


def seen(text: str) -> str:
    """Return a text whose characters can all be seen, those of other alphabets included."""
    return _UNSEEN.sub(_NO_SIGN, text)


def clipped(text: str) -> str:
    """Return the first part of a text that no person wrote to be read.

    Examples
    --------
    >>> clipped("short")
    'short'
    >>> clipped("x" * 10_000)[398:]
    'xx… (9,600 more characters)'
    """
    more = len(text) - _LONGEST
    return text if more <= 0 else f"{text[:_LONGEST]}… ({more:,} more characters)"


def foreign(text: object) -> Markup:
    """Return a text from outside: clipped, and in a reading direction of its own."""
    return element("bdi", clipped(str(text)))


def name_of(text: object) -> Markup:
    """Return a name of a program, which may break where its words meet."""
    words = clipped(str(text)).split("_")
    return element("bdi", *(Markup(f"{escaped(word)}_<wbr>") for word in words[:-1]), words[-1])


def element(name: str, /, *children: str | None, **attributes: str | float | bool | None) -> Markup:
    """Return an element; ``None`` among children and attributes is left out.

    Parameters
    ----------
    name
        Of the tag.
    children
        :class:`Markup` as it is, other texts escaped.
    attributes
        ``_`` stands for ``-``, and one at the end is dropped (``class_``); ``True``: without value.

    Examples
    --------
    >>> element("p", "a < b", class_="note", hidden=True)
    '<p class="note" hidden>a &lt; b</p>'
    """
    parts = [
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_value(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    ]
    start = f"<{name}{''.join(parts)}>"
    if name in _VOID:
        return Markup(start)
    return Markup(start + joined(*children) + f"</{name}>")


def joined(*children: str | None) -> Markup:
    """Return elements and texts one after the other."""
    return Markup("".join(escaped(child) for child in children if child is not None))


def json_for_script(value: object) -> Markup:
    """Return JSON that can stand in a ``script`` element: no text in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_IN_SCRIPT))


def _value(value: str | float) -> Markup:
    return escaped(str(value))
