"""Synthetic radiation dose reports: what to say, in whose hand, and ready-made cases.

>>> from dosemap.simulate import SimulatedEvent, SimulatedProcedure
>>> procedure = SimulatedProcedure(uid_seed="example", events=(SimulatedEvent(kvp=70.0),))
>>> round(procedure.dose_area_product_gy_m2 * 1e4, 2)  # Gy·cm²: 10 mGy over 146 cm²
1.46
"""

from dosemap.simulate.report import (
    CollimatedField,
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
)
from dosemap.simulate.writer import rdsr_dataset, save_dataset, write_rdsr

__all__ = [
    "CollimatedField",
    "SimulatedDevice",
    "SimulatedEvent",
    "SimulatedPatient",
    "SimulatedProcedure",
    "rdsr_dataset",
    "save_dataset",
    "write_rdsr",
]
