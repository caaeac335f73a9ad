"""The numpy program of ``numpy_reference.py``: ``with_numpy.py EVENTS POINTS``.

It has one field size, so it computes as many frames of its own, not those of the report.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy_reference as chain

from dosemap import _core

events, points = int(sys.argv[1]), int(sys.argv[2])
surface = _core.Surface.elliptic_cylinder(
    (200.0, 100.0), 1760.0, spacing_mm=(969 * 1760 / points) ** 0.5
)
scene, _, quality = chain.scene_and_quality(surface)
placed = chain.beams(scene.frames(chain.frame_settings(events)))
start = time.process_time()
dose_gy = chain.numpy_dose_map(surface, placed, quality)
print(
    json.dumps(
        {
            "dose_s": time.process_time() - start,
            "points": len(surface),
            "peak_mgy": 1e3 * float(dose_gy.max()),
        }
    )
)
