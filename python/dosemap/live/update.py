"""What a push returns."""

from typing import NamedTuple

from dosemap.live.watch import LiveAlert


class LiveUpdate(NamedTuple):
    """The state of a session after the last frame of a push; doses are means over a vertex' patch.

    Between vertices the peak is a little higher: :meth:`LiveSession.snapshot` searches it.
    """

    peak_skin_dose_gy: float
    """Highest dose so far; 0 before skin was hit."""
    peak_site: str | None
    """Where, in words."""
    reference_air_kerma_gy: float
    """So far, of all frames that state one that can be, in the map or not."""
    air_kerma_not_mapped_gy: float
    """Of these, what frames had that are not in the map."""
    frames: int
    """So far; what came twice counts once."""
    frames_not_mapped: int
    skin_dose_rate_gy_per_s: float | None
    """At the place that the current beam gives most, from the last frame and the time since the one
    before; ``None`` where that is not known: first of a press, no or late time, not mapped."""
    beam_site_dose_gy: float | None
    """Dose so far at that place; ``None`` when the beam misses the skin or is not known."""
    not_mapped: str | None
    """Why the last frame is not in the map; ``None`` when it is."""
    alerts: tuple[LiveAlert, ...]
    """Thresholds reached in this push."""
