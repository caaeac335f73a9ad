"""Which factors of the dose chain are used, and what replaces them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from dosemap.errors import DosemapError
from dosemap.ranges import check_range
from dosemap.spectrum import DoseMedium, Spectrum

if TYPE_CHECKING:
    from dosemap.procedure import Event

Factor = Literal["support", "backscatter", "medium"]
"""Factors that depend on beam quality and can be replaced."""

QualityFunction = Callable[[Spectrum], float]
"""Given the filtered spectrum of a beam, returns a factor."""

_LIMITS = {
    "support": (1e-6, 1.0),
    "backscatter": (1.0, 3.0),
    "medium": (0.1, 10.0),
    "calibration": (0.1, 10.0),
}
"""What a number of the user may be; the same limits as in the core, and calibration factors
beyond which a unit was mixed up."""


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """Factors of the dose chain (``docs/methods.md``); each can be switched off, or replaced.

    A factor may be replaced by a number or by a function that is given the filtered
    :class:`~dosemap.spectrum.Spectrum` of the beam and returns one. What was used is part of the
    result.

    Examples
    --------
    >>> Corrections(backscatter=1.3, medium="water").describe()["backscatter"]
    '1.3 inside the field, none outside (given by the user)'
    >>> Corrections(support=lambda spectrum: 0.7 + 0.001 * spectrum.kvp).describe()["support"]
    'a function given by the user'
    """

    inverse_square: bool = True
    """(d_ref / d)^2 at each point; off: the kerma at the reference point holds everywhere."""
    support: bool | float | QualityFunction = True
    """Transmission of table and pad along each ray; a number holds for every ray behind them."""
    backscatter: bool | float | QualityFunction = True
    """Backscatter at each point; a number B holds inside the field, with none outside."""
    medium: DoseMedium | float | QualityFunction = "skin"
    """mu_en/rho over that of air, of this medium, or a number."""
    occlusion: bool = True
    """Shadows of one part of the surface on another."""
    calibration: "float | Literal['report'] | Callable[[Event], float] | None" = None
    """Calibration factor of the air-kerma meter, or a function of the event; ``"report"``: that
    which the report states for the plane (122322); where none of these holds, those of the
    equipment profile, else 1, listed as an assumption. Air kerma that a profile's tube output gives
    passed no meter and has none."""

    def __post_init__(self) -> None:
        media = get_args(DoseMedium)
        if isinstance(self.medium, str) and self.medium not in media:
            raise DosemapError(f"medium is {self.medium!r}; it must be one of {', '.join(media)}")
        if isinstance(self.calibration, str) and self.calibration != "report":
            raise DosemapError(
                f"calibration is {self.calibration!r}; it must be a number, a function of the event"
                " or 'report'"
            )
        for name, limits in _LIMITS.items():
            choice = getattr(self, name)
            if isinstance(choice, int | float) and not isinstance(choice, bool):
                check_range(name, choice, limits)

    def number(self, name: "Factor", spectrum: Spectrum) -> float | None:
        """Return the number that replaces a factor of a beam quality.

        Parameters
        ----------
        name
            Which factor.
        spectrum
            The filtered spectrum of the beam.

        Returns
        -------
        The number; 1 where the factor is switched off and ``None`` where the model holds.

        Raises
        ------
        DosemapError
            The user's function returned something impossible.
        """
        choice: bool | str | float | QualityFunction = getattr(self, name)
        if isinstance(choice, str) or choice is True:
            return None
        if choice is False:
            return 1.0
        if not callable(choice):
            return choice
        return check_range(
            f"{name}, as the function given returns it,", choice(spectrum), _LIMITS[name]
        )

    def calibration_factor(self, event: "Event") -> float | None:
        """Return the user's calibration factor for an event; ``None`` where it is not the user's.

        Raises
        ------
        DosemapError
            The user's function returned something impossible.
        """
        if self.calibration is None or isinstance(self.calibration, str):
            return None
        if not callable(self.calibration):
            return self.calibration
        name = "calibration, as the function given returns it,"
        return check_range(name, self.calibration(event), _LIMITS["calibration"])

    def describe(self) -> dict[str, str]:
        """Return in words what is used for each factor but the meter's calibration."""
        return {
            "inverse_square": "at each point" if self.inverse_square else "off",
            "support": _describe(
                self.support, on="along each ray", number="{:g} behind the support"
            ),
            "backscatter": _describe(
                self.backscatter, on="at each point", number="{:g} inside the field, none outside"
            ),
            "medium": _describe(self.medium, on="", number="{:g}"),
            "heel_effect": "not modelled",
            "occlusion": "on" if self.occlusion else "off",
        }


def is_possible_factor(factor: float) -> bool:
    """Return whether a meter can have a calibration factor; beyond, a unit was mixed up."""
    low, high = _LIMITS["calibration"]
    return low <= factor <= high


def _describe(choice: object, *, on: str, number: str) -> str:
    if isinstance(choice, bool):
        return on if choice else "off"
    if isinstance(choice, str):
        return choice
    if isinstance(choice, int | float):
        return f"{number.format(choice)} (given by the user)"
    return "a function given by the user"
