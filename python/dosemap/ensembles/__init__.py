"""The peak skin dose and the map under stated variations of what is not known exactly."""

from dosemap.ensembles.result import Ensemble
from dosemap.ensembles.run import ensemble
from dosemap.ensembles.variations import Draws, Spread, Variations

__all__ = ["Draws", "Ensemble", "Spread", "Variations", "ensemble"]
