"""Unique identifiers of synthetic reports, the same for the same seed.

The identifiers are UUID-derived UIDs (DICOM PS3.5 B.2): ``2.25.`` followed by a UUID as one
decimal number. The UUID is of version 5 (RFC 9562), the SHA-1 of a name in the name space below,
so it needs neither clock nor random numbers, and nobody else's UIDs can be met by accident.
"""

from uuid import UUID, uuid5

NAMESPACE = UUID("7e1c4c0e-5d0b-5f57-9d5e-2c7f3b1a9e64")
"""Fixed for ever: the name space of dosemap's synthetic objects."""


def derived_uid(*names: str | int) -> str:
    """Return the UID that belongs to a sequence of names.

    Parameters
    ----------
    *names
        For example the seed of a procedure, ``"event"`` and the number of the event.

    Returns
    -------
    str
        A UID under the root 2.25, at most 44 characters.
    """
    return f"2.25.{uuid5(NAMESPACE, '/'.join(map(str, names))).int}"
