"""Ready-made synthetic procedures, the same at every call."""

from dosemap.simulate.cases.coronary import coronary_intervention
from dosemap.simulate.cases.lumbar import lumbar_injection
from dosemap.simulate.cases.single import single_beam

__all__ = ["coronary_intervention", "lumbar_injection", "single_beam"]
