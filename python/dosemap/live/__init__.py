"""Inside a console: a session that takes frame by frame (``docs/console.md``).

``arguments`` makes rows of what is pushed (``columns``, ``frame``), ``checks`` looks at their
values, ``state`` changes what they change: the map (``beams``), presses of the pedal (``presses``),
what is kept for snapshots (``kept``), repetitions (``seen``), sums (``tally``), alert levels
(``watch``). ``journal`` and ``header`` survive a crash, ``snapshot`` makes results, ``session``
puts them together and knows threads.
"""

from dosemap.live.frame import Frame, FrameArrays
from dosemap.live.presses import IrradiationEvent
from dosemap.live.session import LiveSession
from dosemap.live.update import LiveUpdate
from dosemap.live.watch import LiveAlert

__all__ = ["Frame", "FrameArrays", "IrradiationEvent", "LiveAlert", "LiveSession", "LiveUpdate"]
