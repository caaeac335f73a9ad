"""dosemap on a report and a trunk: ``with_dosemap.py REPORT POINTS``; prints JSON."""

import json
import sys
import time
from pathlib import Path

from dosemap import Surface, estimate, read_rdsr

report, points = Path(sys.argv[1]), int(sys.argv[2])
# Perimeter 969 mm x length 1760 mm, a vertex per spacing squared.
trunk = Surface.elliptic_cylinder(
    width_mm=400, thickness_mm=200, length_mm=1760, spacing_mm=(969 * 1760 / points) ** 0.5
)
result = estimate(read_rdsr(report), surface=trunk)
if result.setup is None:
    sys.exit(f"no map: {result.reason}")
scene, frames, _ = result.setup.parts[0]
start = time.process_time()
scene.dose_map(frames, list(result.setup.qualities))
print(
    json.dumps(
        {
            "dose_s": time.process_time() - start,
            "points": len(trunk),
            "peak_mgy": 1e3 * (result.peak_skin_dose_gy or 0.0),
        }
    )
)
