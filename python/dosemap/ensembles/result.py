"""The peak and the map over all variations."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dosemap import _core
from dosemap.ensembles.variations import Draws
from dosemap.procedure import Problem
from dosemap.ranges import check_range
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

SKIN_DOSE_RELATIVE_ERROR = _core.ENSEMBLE_RELATIVE_ERROR
"""How far a quantile of a vertex may lie from the dose that it stands for, as a share of it."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Ensemble:
    """How the peak skin dose and the map scatter when what was stated is varied.

    Made by :func:`dosemap.ensemble`. It says nothing of what was not varied: it is not the
    uncertainty of the dose.
    """

    estimate: DoseResult
    """Without any variation."""
    draws: Draws
    peak_skin_dose_gy: "NDArray[np.float64]"
    """Of each variation, (n_variation,), Gy; 0 where no beam meets the skin."""
    peak_vertex: "NDArray[np.int64]"
    """The vertex whose patch of skin holds the peak, (n_variation,); -1 where there is none."""
    varied: tuple[str, ...]
    """In words."""
    problems: tuple[Problem, ...]
    """What to know of it beside the problems of the estimate."""
    core: _core.Ensemble = field(repr=False)

    def __repr__(self) -> str:
        low, high = self.peak_skin_dose_gy.min(), self.peak_skin_dose_gy.max()
        return (
            f"<Ensemble of {len(self.draws)} variations: peak skin doses from {low:.3g} to"
            f" {high:.3g} Gy>"
        )

    def peak_skin_dose_quantile_gy(self, share: float) -> float:
        """Return the peak skin dose that a share of the variations does not exceed, Gy.

        Parameters
        ----------
        share
            0 to 1. The smallest of the peaks that at least this share of them lies at or below.
        """
        _check_share(share)
        return float(np.quantile(self.peak_skin_dose_gy, share, method="inverted_cdf"))

    def share_with_peak_at_least(self, dose_gy: float) -> float:
        """Return the share of the variations whose peak skin dose reaches a dose.

        Parameters
        ----------
        dose_gy
            The dose, Gy.
        """
        return float(np.mean(self.peak_skin_dose_gy >= dose_gy))

    def skin_dose_quantile_gy(self, share: float) -> "NDArray[np.float64]":
        """Return the dose of each vertex that a share of the variations does not exceed, Gy.

        Each vertex for itself: no variation need have this map, and its highest vertex is not the
        quantile of the peak.

        Parameters
        ----------
        share
            0 to 1.

        Returns
        -------
        (n_vertex,), each within :data:`SKIN_DOSE_RELATIVE_ERROR` (0.5 %) of the smallest of the
        vertex's doses that at least this share of them lies at or below.
        """
        _check_share(share)
        return self.core.dose_quantile_gy(share)


def _check_share(share: float) -> None:
    check_range("share", share, (0.0, 1.0))
