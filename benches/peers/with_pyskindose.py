"""PySkinDose on a report and a trunk: ``with_pyskindose.py REPORT POINTS``, in its own environment.

Its dose points are the corners of the triangles, three each, so the trunk has a third as many
triangles as dose points. Its settings are the example it ships, with another mode and phantom.
"""

import importlib
import json
import logging
import sys
import time
from pathlib import Path

import numpy as np
import pyskindose
from pyskindose import constants
from pyskindose.helpers.parse_settings_to_settings_class import parse_settings_to_settings_class
from pyskindose.helpers.read_and_normalize_rdsr_data import read_and_normalise_rdsr_data
from stl import mesh

CORNERS = 3
PERIMETER_CM, LENGTH_CM = 96.9, 176.0


def trunk(points: int) -> mesh.Mesh:
    """Return an elliptical cylinder of 40 cm x 20 cm x 176 cm, in cm, its back at y = 0."""
    spacing = (2 * CORNERS * PERIMETER_CM * LENGTH_CM / points) ** 0.5
    around, along = round(PERIMETER_CM / spacing), round(LENGTH_CM / spacing)
    angle = np.linspace(0, 2 * np.pi, around + 1)
    z = np.linspace(-LENGTH_CM, 0, along + 1)
    ring = np.stack([20 * np.cos(angle), 10 * np.sin(angle) - 10], axis=1)
    grid = np.concatenate(
        [
            np.repeat(ring[:, None], len(z), axis=1),
            np.broadcast_to(z[:, None], (len(ring), len(z), 1)),
        ],
        axis=2,
    )
    a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
    triangles = np.concatenate(
        [np.stack(t, axis=2).reshape(-1, 3, 3) for t in ((a, b, c), (a, c, d))]
    )
    surface = mesh.Mesh(np.zeros(len(triangles), dtype=mesh.Mesh.dtype))
    surface.vectors[:] = triangles
    return surface


program = importlib.import_module(
    "pyskindose.analyze_data"
)  # the package has a function of this name
report, points = Path(sys.argv[1]), int(sys.argv[2])
logging.disable(logging.CRITICAL)
shipped = Path(pyskindose.__file__).parent / "settings_example.json"
settings = json.loads(shipped.read_text())
settings["mode"], settings["output_format"] = "calculate_dose", "dict"
settings["plot"]["notebook_mode"] = settings["plot"]["interactivity"] = False
settings["phantom"]["model"] = "human"
name = f"trunk_{points}"
trunk(points).save(str(Path(pyskindose.__file__).parent / "phantom_data" / f"{name}.stl"))
settings["phantom"]["human_mesh"] = name
parsed = parse_settings_to_settings_class(settings=settings)
data = read_and_normalise_rdsr_data(rdsr_filepath=str(report), settings=parsed)
table = program.Phantom(phantom_model="table", phantom_dim=parsed.phantom.dimension)
pad = program.Phantom(phantom_model="pad", phantom_dim=parsed.phantom.dimension)
data = program.calculate_rotation_matrices(data)
start = time.process_time()
_, output = program.calculate_dose(normalized_data=data, settings=parsed, table=table, pad=pad)
seconds = time.process_time() - start
dose_mgy = output[constants.OUTPUT_KEY_DOSE_MAP]
print(json.dumps({"dose_s": seconds, "points": len(dose_mgy), "peak_mgy": float(dose_mgy.max())}))
