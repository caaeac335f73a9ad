"""What is varied and by how much, and the values drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from dosemap.errors import DosemapError
from dosemap.ranges import PATIENT_RANGES, check_number, check_range, check_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

AirKermaPer = Literal["procedure", "plane", "event"]

_AXES = ("x", "y", "z")
_WIDTHS = (0.0, 5000.0)
_MOST_BODIES = 99
_MOST_VARIATIONS = 1_000_000
_STREAMS = ("air_kerma", "table_offset_mm", "lateral_shift_mm", "head_gap_mm", "mass_kg")
"""Each is drawn from a stream of its own: varying one more changes none of the others."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How a value scatters about that of the estimate: give one of the two.

    Examples
    --------
    >>> Spread(limit=20.0).describe("mm")
    'evenly within 20 mm to either side'
    """

    sd: float | None = None
    """Normal, with this standard deviation."""
    limit: float | None = None
    """Even, up to this far to either side."""

    def __post_init__(self) -> None:
        if (self.sd is None) == (self.limit is None):
            raise DosemapError("a Spread needs either sd or limit")
        name, width = ("sd", self.sd) if self.limit is None else ("limit", self.limit)
        check_number(f"{name} of a Spread", width, _WIDTHS)

    def at(self, shares: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the deviations that these shares of all deviations do not exceed.

        Parameters
        ----------
        shares
            Between 0 and 1, any shape.
        """
        if self.limit is not None:
            return self.limit * (2 * shares - 1)
        normal = NormalDist()
        quantiles = [normal.inv_cdf(share) for share in shares.ravel()]
        return (self.sd or 0.0) * np.array(quantiles).reshape(shares.shape)

    def describe(self, unit: str) -> str:
        """Return in words how wide it is, in a unit."""
        if self.limit is not None:
            return f"evenly within {self.limit:g} {unit} to either side"
        return f"normally with a standard deviation of {self.sd:g} {unit}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """The values of each variation; draw them yourself for other distributions or dependences.

    ``n_variation`` rows each; shifts are added to what the estimate has.
    """

    air_kerma_factors: "NDArray[np.float64]"
    """Factors on the reference air kerma, (n_variation, n_group): a column per plane or event, in
    their order in the report, or one for all."""
    table_offset_mm: "NDArray[np.float64]"
    """(n_variation, 3), along x, y, z of isocenter space."""
    lateral_shift_mm: "NDArray[np.float64]"
    """Of the patient on the table, (n_variation,), as in :func:`dosemap.estimate`."""
    head_gap_mm: "NDArray[np.float64]"
    """(n_variation,)."""
    air_kerma_per: AirKermaPer = "procedure"
    """What the columns of :attr:`air_kerma_factors` are for."""
    masses_kg: tuple[float | None, ...] = (None,)
    """Of the bodies; ``None``: the surface of the estimate."""
    body: "NDArray[np.uint32] | None" = None
    """Which of them each variation has, (n_variation,); ``None``: all the first."""

    def __post_init__(self) -> None:
        _check_per(self.air_kerma_per)
        offsets = _numbers("table_offset_mm", self.table_offset_mm, (None, len(_AXES)))
        count = len(offsets)
        checked = {
            "table_offset_mm": offsets,
            "air_kerma_factors": _numbers(
                "air_kerma_factors", self.air_kerma_factors, (None, None)
            ),
            "lateral_shift_mm": _numbers("lateral_shift_mm", self.lateral_shift_mm, (count,)),
            "head_gap_mm": _numbers("head_gap_mm", self.head_gap_mm, (count,)),
        }
        for name, values in checked.items():
            object.__setattr__(self, name, values)
        masses = self.masses_kg
        if not isinstance(masses, Sequence) or isinstance(masses, str) or not masses:
            raise DosemapError(
                f"masses_kg is {masses!r}; it must be masses, kg, or (None,) for the surface of the"
                " estimate"
            )
        for mass_kg in masses:
            if mass_kg is not None:
                check_number("a mass of masses_kg", mass_kg, *PATIENT_RANGES["mass_kg"])
        if self.body is not None:
            body = _numbers("body", self.body, (count,))
            if not np.isin(body, np.arange(len(masses))).all():
                raise DosemapError(
                    f"body must hold whole numbers from 0 to {len(masses) - 1}, the places of the"
                    " masses of masses_kg"
                )
            object.__setattr__(self, "body", body.astype(np.uint32))

    def __len__(self) -> int:
        return len(self.table_offset_mm)

    @property
    def moves(self) -> bool:
        """Whether beam and skin stand otherwise to each other than in the estimate."""
        shifts = (self.table_offset_mm, self.lateral_shift_mm, self.head_gap_mm)
        return any(np.any(shift) for shift in shifts) or self.masses_kg != (None,)

    def describe(self) -> list[str]:
        """Return in words what is varied."""
        return ["values drawn by the caller"]

    def for_core(self) -> "dict[str, NDArray[np.float64] | NDArray[np.uint32]]":
        """Return them as the compiled module takes them."""
        count = len(self)
        across, along = self.lateral_shift_mm, self.head_gap_mm
        # +z of table space is the head end: a wider gap is a shift away from it.
        shift = np.stack([across, np.zeros(count), -np.asarray(along)], axis=1)
        return {
            "body": np.zeros(count, np.uint32) if self.body is None else self.body,
            "table_offset_mm": np.ascontiguousarray(self.table_offset_mm, np.float64),
            "body_shift_mm": np.ascontiguousarray(shift, np.float64),
            "air_kerma_factors": np.ascontiguousarray(self.air_kerma_factors, np.float64),
        }


@dataclass(frozen=True, kw_only=True)
class Variations:
    r"""What is varied, each independently of the others; what is not named stays as it is.

    Examples
    --------
    >>> varied = Variations(
    ...     air_kerma=Spread(limit=0.35), table_offset_mm=(Spread(sd=5), None, Spread(sd=20))
    ... )
    >>> print(*varied.describe(), sep="\n")
    air kerma of each plane: evenly within 35 % to either side
    table along x of isocenter space: normally with a standard deviation of 5 mm
    table along z of isocenter space: normally with a standard deviation of 20 mm
    """

    air_kerma: Spread | None = None
    """Relative: calibration of the air-kerma meter, output. With ``sd`` the logarithm of the
    factor is normal, so that no factor is below 0; with ``limit`` below 1 it is even about 1."""
    air_kerma_per: AirKermaPer = "plane"
    """What shares a factor: a meter belongs to a plane."""
    table_offset_mm: Sequence[Spread | None] = (None, None, None)
    """Of the table's zero, the same for all events, along x, y, z of isocenter space, mm."""
    lateral_shift_mm: Spread | None = None
    """Where on the table the patient lies, as in :func:`dosemap.estimate`, mm."""
    head_gap_mm: Spread | None = None
    mass_kg: Spread | None = None
    """Mass of the body, kg, at its height; shape and girths follow as the body's model has it."""
    bodies: int = 9
    """So many bodies stand for the masses, each for as large a part of them, at its middle: of a
    normal spread with 9 they reach 1.6 standard deviations to either side."""

    def __post_init__(self) -> None:
        _check_per(self.air_kerma_per)
        offsets = self.table_offset_mm
        if not isinstance(offsets, Sequence) or len(offsets) != len(_AXES):
            raise DosemapError(
                f"table_offset_mm is {offsets!r}; it must be three, for x, y and z, each a Spread"
                " or None"
            )
        for name in ("air_kerma", "lateral_shift_mm", "head_gap_mm", "mass_kg"):
            _check_spread(name, getattr(self, name))
        for axis, spread in zip(_AXES, offsets, strict=True):
            _check_spread(f"table_offset_mm along {axis}", spread)
        if self.air_kerma is not None:
            width = self.air_kerma.limit or self.air_kerma.sd or 0.0
            check_range("the spread of the air kerma", width, (0.0, 0.99))
        check_whole("bodies", self.bodies, (1, _MOST_BODIES))

    def describe(self) -> list[str]:
        """Return in words what is varied, an entry each."""
        per = "all events" if self.air_kerma_per == "procedure" else f"each {self.air_kerma_per}"
        lengths = [
            (f"table along {axis} of isocenter space", spread)
            for axis, spread in zip(_AXES, self.table_offset_mm, strict=True)
        ]
        lengths += [
            ("patient across the table", self.lateral_shift_mm),
            ("patient along the table", self.head_gap_mm),
        ]
        words = []
        if self.air_kerma is not None:
            percent = {
                name: None if width is None else 100 * width
                for name, width in vars(self.air_kerma).items()
            }
            words.append(f"air kerma of {per}: {Spread(**percent).describe('%')}")
        words += [f"{what}: {spread.describe('mm')}" for what, spread in lengths if spread]
        if self.mass_kg is not None:
            words.append(
                f"mass of the body: {self.mass_kg.describe('kg')}, by {self.bodies} bodies"
            )
        return words

    def draw(self, count: int, *, seed: int, groups: int, mass_kg: float | None) -> Draws:
        """Return values for some variations; the same for the same seed.

        Parameters
        ----------
        count
            How many variations.
        seed
            0 or more.
        groups
            How many planes or events have an air kerma factor of their own.
        mass_kg
            Of the body of the estimate; ``None`` where its surface is not a body's.

        Raises
        ------
        DosemapError
            The mass is to be varied and the surface is not a body's.
        """
        check_whole("count", count, (1, _MOST_VARIATIONS))
        check_whole("seed", seed, (0, 2**63))

        def shares(stream: str, *shape: int) -> "NDArray[np.float64]":
            source = np.random.default_rng([seed, _STREAMS.index(stream)])
            # Never 0, where a normal spread has no end.
            return np.maximum(source.random(shape), np.finfo(np.float64).tiny)

        def lengths(stream: str, spread: Spread | None) -> "NDArray[np.float64]":
            return np.zeros(count) if spread is None else spread.at(shares(stream, count))

        factors = np.ones((count, groups))
        if self.air_kerma is not None:
            deviation = self.air_kerma.at(shares("air_kerma", count, groups))
            factors = 1 + deviation if self.air_kerma.limit is not None else np.exp(deviation)
        of_axis = shares("table_offset_mm", count, len(_AXES)).T
        offsets = [
            np.zeros(count) if spread is None else spread.at(row)
            for row, spread in zip(of_axis, self.table_offset_mm, strict=True)
        ]
        masses = self._masses_kg(mass_kg)
        return Draws(
            air_kerma_factors=factors,
            air_kerma_per=self.air_kerma_per,
            table_offset_mm=np.stack(offsets, axis=1),
            lateral_shift_mm=lengths("lateral_shift_mm", self.lateral_shift_mm),
            head_gap_mm=lengths("head_gap_mm", self.head_gap_mm),
            masses_kg=masses,
            body=(shares("mass_kg", count) * len(masses)).astype(np.uint32),
        )

    def _masses_kg(self, mass_kg: float | None) -> tuple[float | None, ...]:
        if self.mass_kg is None:
            return (None,)
        if mass_kg is None:
            raise DosemapError(
                "mass_kg is to be varied, but the surface is not a Body; give one or leave it out"
            )
        middles = (np.arange(self.bodies) + 0.5) / self.bodies
        return tuple((mass_kg + self.mass_kg.at(middles)).tolist())


def _check_per(per: object) -> None:
    choices = get_args(AirKermaPer)
    if per not in choices:
        raise DosemapError(f"air_kerma_per is {per!r}; it must be one of {', '.join(choices)}")


def _numbers(name: str, values: object, shape: tuple[int | None, ...]) -> "NDArray[np.float64]":
    """Return an array of numbers of a shape, in which ``None`` is any length."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DosemapError(f"{name} must be an array of numbers; {values!r} is none") from None
    fits = len(shape) == array.ndim and all(
        wanted in (None, given) for wanted, given in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise DosemapError(
            f"{name} has the shape {array.shape}; it must have ({wanted}{',' * (len(shape) == 1)}),"
            " a row per variation"
        )
    return array


def _check_spread(name: str, spread: object) -> None:
    """Refuse what is no spread; type checkers do not look at notebooks."""
    if spread is not None and not isinstance(spread, Spread):
        raise DosemapError(
            f"{name} is {spread!r}; it must be a Spread, for example Spread(limit=20), or None"
        )
