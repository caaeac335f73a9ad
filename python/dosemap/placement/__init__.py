"""From an event and an equipment profile to where the beam was."""

from dosemap.placement.model import (
    BeamPlacement,
    NotPlaceable,
    PlacedProcedure,
    PlacementOverrides,
)
from dosemap.placement.on_table import PlaceOnTable, place_on_table
from dosemap.placement.path import poses_along
from dosemap.placement.pose import Pose
from dosemap.placement.procedure import place_event, place_procedure
from dosemap.placement.reference import SkinDistance

__all__ = [
    "BeamPlacement",
    "NotPlaceable",
    "PlaceOnTable",
    "PlacedProcedure",
    "PlacementOverrides",
    "Pose",
    "SkinDistance",
    "place_event",
    "place_on_table",
    "place_procedure",
    "poses_along",
]
