"""Draws docs/pictures/prsr_map.png: the picture that goes with a Patient Radiation Dose SR.

    .venv/bin/python scripts/draw_dose_sr_map.py

Needs dosemap[prsr] and dosemap[dicom].
"""

from io import BytesIO
from pathlib import Path

from PIL import Image

from dosemap import estimate
from dosemap.prsr.map_picture import map_picture
from dosemap.rdsr import read_rdsr
from dosemap.simulate import simulate_procedure, write_rdsr

PICTURE = Path(__file__).parents[1] / "docs/pictures/prsr_map.png"


def main() -> None:
    """Draw it, of a simulated embolisation in the head."""
    report = BytesIO()
    simulation = simulate_procedure("neuro_embolisation", device="siemens_artis", seed=1)
    write_rdsr(simulation.procedure, report, style=simulation.system.style)
    result = estimate(read_rdsr(report.getvalue()))
    picture = Image.fromarray(map_picture(result)).quantize(128)
    picture.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
