"""What an ensemble may take, held by counts where they tell enough and else by generous limits."""

import resource
import time
from functools import cache
from io import BytesIO

import dosemap as dm
from dosemap.procedure import Procedure
from dosemap.simulate import simulate_procedure
from measured_runs import usual_s

TRUNK = dm.Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=515)
ALL = dm.Variations(
    air_kerma=dm.Spread(sd=0.1),
    table_offset_mm=(dm.Spread(sd=5), dm.Spread(sd=5), dm.Spread(sd=20)),
    lateral_shift_mm=dm.Spread(sd=10),
)


@cache
def procedure() -> Procedure:
    file = BytesIO()
    simulate_procedure("pci_complex", device="siemens_artis").write(file)
    return dm.read_rdsr(file.getvalue())


def seconds(variations: dm.Variations, count: int) -> float:
    report = procedure()
    start = time.process_time()
    dm.ensemble(report, variations=variations, surface=TRUNK, count=count)
    return usual_s(time.process_time() - start)


def test_a_thousand_variations_of_the_kerma_cost_next_to_nothing() -> None:
    # 0.5 s is usual; computed anew they would take 40.
    assert seconds(dm.Variations(air_kerma=dm.Spread(sd=0.1)), 1000) < 2.0


def test_fifty_variations_of_the_geometry() -> None:
    # 259 events on 20,500 vertices, 20 to 40 ms each on one core.
    assert seconds(ALL, 50) < 5.0


def test_memory_does_not_grow_with_the_variations() -> None:
    """The maps of 4,000 variations would take 650 MB."""
    few = dm.Variations(air_kerma=dm.Spread(sd=0.3))
    seconds(few, 500)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds(few, 4_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
