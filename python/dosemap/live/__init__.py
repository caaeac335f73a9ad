"""Inside a console: a session that takes frame by frame (``docs/console.md``).

``arguments`` makes rows of what is pushed (``columns``, ``frame``). The core checks them, groups
them into presses of the pedal, tells repetitions, and adds them to sums and map
(``rust/dosemap/src/live``); ``state`` gives it the scenes and beam qualities that it asks for
(``chain``) and compares with alert levels (``watch``). ``journal``, ``header`` and ``recorded``
survive a crash, ``snapshot`` makes results, ``session`` puts them together and knows threads.
"""

from dosemap.live.frame import Frame, FrameArrays
from dosemap.live.presses import IrradiationEvent
from dosemap.live.session import LiveSession
from dosemap.live.update import LiveUpdate
from dosemap.live.watch import LiveAlert

__all__ = ["Frame", "FrameArrays", "IrradiationEvent", "LiveAlert", "LiveSession", "LiveUpdate"]
