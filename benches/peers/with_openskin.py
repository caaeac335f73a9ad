"""openSkin of OpenREM on events: ``with_openskin.py SOURCE EVENTS_JSON``, in its own environment.

SOURCE is the unpacked distribution; nothing of it is installed and only openSkin is used: the
report would have to go through OpenREM's database, so its reading is not timed. Its phantom is
its own.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, sys.argv[1])

import numpy as np
from openrem.remapp.tools.openskin.calc_exp_map import CalcExpMap

events = json.loads(Path(sys.argv[2]).read_text())
start = time.process_time()
# As OpenREM calls it, for a patient of usual size.
skin = CalcExpMap(
    phantom_type="3D",
    pat_pos="HFS",
    pat_mass=73.2,
    pat_height=178.6,
    table_thick=0.5,
    table_width=45.0,
    table_length=150.0,
    matt_thick=4.0,
)
for event in events:
    skin.add_view(**event, run_type="Stationary", frames=1, end_angle=0.0, pat_pos="HFS")
dose = np.asarray(skin.my_dose.total_dose, dtype=float)
print(
    json.dumps(
        {
            "dose_s": time.process_time() - start,
            "points": dose.size,
            # Its air kerma is in Gy.
            "peak_mgy": 1e3 * float(dose.max()),
        }
    )
)
