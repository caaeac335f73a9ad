"""Draw the pictures of docs/figures.md from synthetic procedures: no patient.

``python scripts/draw_figures.py`` with dosemap and its extra ``report`` installed; needs Pillow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib.figure import Figure
from PIL import Image

from dosemap import DoseResult, History, estimate, read_rdsr
from dosemap.figures.history_content import content_of_sum
from dosemap.figures.page import Pages
from dosemap.figures.page_content import PageContent, content_of_result
from dosemap.figures.settings import drawing
from dosemap.figures.unfolded_figure import figure_png
from dosemap.procedure import Procedure
from dosemap.simulate import simulate_procedure

PICTURES = Path(__file__).parents[1] / "docs/pictures"
COLOURS = 256
FINER = 3
FIRST_DAY = datetime(2024, 3, 14, 9, 30)


def procedure(name: str, device: str, folder: Path, seed: int = 1) -> Procedure:
    """Return a synthetic procedure as it is read from its report."""
    path = folder / f"{name}.dcm"
    simulate_procedure(name, device=device, seed=seed).write(path)
    return read_rdsr(path)


def save(figure: Figure, name: str, *, dots_per_inch: int) -> None:
    """Write a figure, drawn finer and made smaller: letters keep their widths."""
    png = figure_png(figure, dots_per_inch=FINER * dots_per_inch)
    picture = Image.open(BytesIO(png)).convert("RGB").reduce(FINER)
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(PICTURES / name, optimize=True)


def first_page(content: PageContent) -> Figure:
    """Return the first page of a content."""
    with drawing():
        return Pages(content, paper="a4").drawn()[0]


@contextmanager
def three_visits(folder: Path) -> Iterator[History]:
    """Yield a store with three procedures of one synthetic patient, four months apart."""
    with History(folder / "doses.db") as history:
        for number in range(3):
            visit = procedure("pci", "siemens_artis", folder, seed=number + 1)
            events = tuple(
                replace(event, irradiation_event_uid=f"1.2.{number}.{event.index}")
                for event in visit.events
            )
            started = FIRST_DAY + timedelta(days=120 * number)
            visit = replace(
                visit, started=started, study_instance_uid=f"1.2.{number}", events=events
            )
            history.add(estimate(visit))
        yield history


def sum_page(folder: Path) -> Figure:
    """Return the page of a patient's procedures together."""
    with three_visits(folder) as history:
        (patient,) = {entry.patient_id for entry in history.procedures()}
        if patient is None:
            raise AssertionError("the synthetic patient has an ID")
        found = history.cumulative(patient, window="365D")
        return first_page(
            content_of_sum(found, alerts=history.alerts(patient), levels=history.levels)
        )


def main() -> None:
    """Write the pictures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        coronary: DoseResult = estimate(procedure("pci_complex", "siemens_artis", folder))
        lumbar = estimate(procedure("transforaminal_epidural_injection", "philips_allura", folder))
        save(coronary.plot_unfolded(), "unfolded.png", dots_per_inch=90)
        save(lumbar.plot_unfolded(), "unfolded_prone.png", dots_per_inch=75)
        save(coronary.plot_events(), "events.png", dots_per_inch=90)
        save(first_page(content_of_result(coronary)), "page.png", dots_per_inch=95)
        save(sum_page(folder), "page_of_several.png", dots_per_inch=95)


if __name__ == "__main__":
    main()
