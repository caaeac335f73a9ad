"""Two simulated procedures that many tests work on."""

from dosemap.simulate import SimulatedProcedure, simulate_procedure


def coronary_intervention(*, seed: int = 1) -> SimulatedProcedure:
    """A long intervention of several Gy on a Siemens Artis: 259 events."""
    return simulate_procedure("pci_complex", device="siemens_artis", seed=seed).procedure


def lumbar_injection(*, seed: int = 1) -> SimulatedProcedure:
    """A prone injection of a few mGy on a Philips Allura: 14 events."""
    return simulate_procedure(
        "transforaminal_epidural_injection", device="philips_allura", seed=seed
    ).procedure
