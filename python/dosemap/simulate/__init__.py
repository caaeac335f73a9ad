"""Synthetic radiation dose reports: what to say, in whose hand, and procedures of every kind.

>>> from dosemap.simulate import simulate_procedure
>>> simulate_procedure("hip_injection").system.name
'philips_veradius'
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
from dosemap.simulate.simulation import Simulation, simulate_procedure
from dosemap.simulate.writer import rdsr_dataset, save_dataset, write_rdsr

__all__ = [
    "CollimatedField",
    "SimulatedDevice",
    "SimulatedEvent",
    "SimulatedPatient",
    "SimulatedProcedure",
    "Simulation",
    "rdsr_dataset",
    "save_dataset",
    "simulate_procedure",
    "write_rdsr",
]
