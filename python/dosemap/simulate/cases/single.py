"""One beam: the smallest report there is, for tests.

It is code because its caller says in full what the one event is; a preset says how a procedure is
usually done and leaves the events to what follows from that.
"""

from dosemap.simulate.report import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
)

_ONE_EVENT = SimulatedEvent()
_NOBODY = SimulatedPatient()
_NO_MAKE = SimulatedDevice()


def single_beam(
    event: SimulatedEvent = _ONE_EVENT,
    *,
    patient: SimulatedPatient = _NOBODY,
    device: SimulatedDevice = _NO_MAKE,
) -> SimulatedProcedure:
    """Return a procedure of one event: 10 mGy from below through a supine patient unless told.

    Parameters
    ----------
    event
        The beam; ``SimulatedEvent(kvp=70.0)`` changes what it names and keeps the rest.
    patient, device
        Header of the report.

    Returns
    -------
    SimulatedProcedure
        Not tied to a style.

    Examples
    --------
    >>> single_beam(SimulatedEvent(secondary_angle_deg=30.0)).events[0].kvp
    80.0
    """
    return SimulatedProcedure(
        uid_seed="single beam",
        events=(event,),
        patient=patient,
        device=device,
        study_description="SYNTHETIC single beam",
    )
