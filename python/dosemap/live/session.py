"""A procedure while it runs: frames go in, doses come out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from os import PathLike
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Unpack

from dosemap.alerts import Level, load_levels
from dosemap.body import Body
from dosemap.corrections import Corrections
from dosemap.equipment import Profile
from dosemap.errors import DosemapError
from dosemap.live.arguments import row_of, rows_of
from dosemap.live.chain import Chain, FilterSets
from dosemap.live.columns import ROW
from dosemap.live.frame import Frame, FrameArrays
from dosemap.live.header import (
    check_layout,
    corrections_again,
    header_of,
    other_version,
    profile_again,
    surface_again,
)
from dosemap.live.journal import Journal
from dosemap.live.presses import IrradiationEvent
from dosemap.live.problems import (
    callback_failed,
    journal_ended,
    journal_torn,
)
from dosemap.live.recorded import Recorded, read_journal
from dosemap.live.settings import LiveSettings, defaults
from dosemap.live.snapshot import Snapshot
from dosemap.live.state import State
from dosemap.live.update import LiveUpdate
from dosemap.live.watch import LiveAlert, Watch
from dosemap.placement import place_on_table
from dosemap.procedure import PatientPosition, Problem
from dosemap.result import DoseResult
from dosemap.scenes import Scenes
from dosemap.support_fit import fitted_support
from dosemap.surface import Surface

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dosemap.history import History
    from dosemap.history.added import Added

OnAlert = Callable[[LiveAlert], object]
_BLOCK = 1024
"""Frames of a block that are added at once; between them other threads have their turn."""


class LiveSession:
    """A procedure frame by frame, for a fluoroscopy console or a gateway beside it.

    Bad values never raise: a frame that cannot be mapped is counted with its reason. Several
    threads may push, look and draw at once. ``docs/console.md`` says what is promised.

    Parameters
    ----------
    surface
        The patient.
    equipment
        A profile, the name of a shipped one, or the path of a site's own: table and pad, tube,
        and the space of the angles.
    levels
        Alert levels; by default those of :func:`dosemap.load_levels`. Those of scope
        ``in-procedure`` are looked at.
    on_alert
        Called once for each threshold that is reached, after the push has changed everything, in
        the thread that pushed. What it raises is caught and counted.
    corrections
        Which factors of the chain are used and what replaces them. A calibration function is asked
        once per plane and beam quality.
    journal
        A file to make: every frame is in it before its push returns.
    patient_position
        How the patient lies unless a frame says otherwise; by default HFS, listed as assumed.
    source_to_reference_point_mm
        For frames that do not state it, mm; never guessed.
    head_gap_mm, lateral_shift_mm
        As of :func:`dosemap.estimate`.
    pedal_gap_s
        A longer time between two frames of a plane ends an irradiation event, s.
    late_s
        A frame that is earlier than the one before in its plane by at most that is late; by more,
        the clock was set back, s.
    started
        When ``time_s`` is 0, for the times of events.
    study_instance_uid
        Of the procedure, for the store.

    Raises
    ------
    DosemapError
        An argument is impossible, or the journal exists.

    Examples
    --------
    >>> import dosemap as dm
    >>> live = dm.LiveSession(surface=dm.Body(spacing_mm=15), equipment="siemens_artis")
    >>> update = live.push(
    ...     time_s=0.0,
    ...     reference_air_kerma_gy=1e-4,
    ...     kvp=80.0,
    ...     primary_angle_deg=0.0,
    ...     secondary_angle_deg=0.0,
    ...     source_to_isocenter_mm=785.0,
    ...     source_to_reference_point_mm=635.0,
    ...     table_origin_in_isocenter_mm=(0.0, 150.0, 450.0),
    ...     field_at_1m_mm=(-80.0, 80.0, -80.0, 80.0),
    ... )
    >>> update.not_mapped is None, 5e-5 < update.peak_skin_dose_gy < 2e-4
    (True, True)
    """

    _journal: Journal | None = None

    def __init__(  # noqa: PLR0913  (all are keywords)
        self,
        *,
        surface: Surface | Body,
        equipment: Profile | str | PathLike[str],
        levels: Iterable[Level] | None = None,
        on_alert: OnAlert | None = None,
        corrections: Corrections | None = None,
        journal: str | PathLike[str] | None = None,
        patient_position: PatientPosition | None = None,
        source_to_reference_point_mm: float | None = None,
        head_gap_mm: float | None = None,
        lateral_shift_mm: float | None = None,
        pedal_gap_s: float = 1.0,
        late_s: float = 10.0,
        started: datetime | None = None,
        study_instance_uid: str | None = None,
    ) -> None:
        settings = LiveSettings.new(
            patient_position=patient_position,
            source_to_reference_point_mm=source_to_reference_point_mm,
            head_gap_mm=head_gap_mm,
            lateral_shift_mm=lateral_shift_mm,
            pedal_gap_s=pedal_gap_s,
            late_s=late_s,
            started=started,
            study_instance_uid=study_instance_uid,
        )
        profile = equipment if isinstance(equipment, Profile) else Profile.named(equipment)
        corrections = corrections or Corrections()
        self._set_up(surface, profile, corrections, settings, levels=levels, on_alert=on_alert)
        if journal is not None:
            header = header_of(surface, profile, corrections, settings)
            self._journal = Journal.begin(journal, header)

    def _set_up(  # noqa: PLR0913  (what both ways to begin need)
        self,
        surface: Surface | Body,
        profile: Profile,
        corrections: Corrections,
        settings: LiveSettings,
        *,
        levels: Iterable[Level] | None,
        on_alert: OnAlert | None,
    ) -> None:
        if not isinstance(surface, Surface | Body):
            raise DosemapError(f"surface is {surface!r}; it must be a Surface or a Body")
        profile, fit = fitted_support(profile)
        place = place_on_table(
            profile, head_gap_mm=settings.head_gap_mm, lateral_shift_mm=settings.lateral_shift_mm
        )
        scenes = Scenes(surface, place=place, support=profile.support, corrections=corrections)
        self.levels = load_levels() if levels is None else tuple(levels)
        self._filter_sets = FilterSets()
        chain = Chain(
            profile=profile, corrections=corrections, scenes=scenes, filter_sets=self._filter_sets
        )
        stand_in = defaults(settings, profile)
        self._watch = Watch(self.levels)
        self._state = State(
            chain,
            {field: value for field, (value, _) in stand_in.items()},
            settings,
            scenes.surface(settings.first_position),
            self._watch,
        )
        self._snapshot = Snapshot(
            chain=chain,
            settings=settings,
            place=place,
            defaults={field: entry for field, (_, entry) in stand_in.items()},
            assumptions=(fit.assumption(),) if fit else (),
            problems=(*surface.problems, *(fit.problems() if fit else ())),
        )
        self._scenes = scenes
        self._lock = Lock()
        self._written_filters = 1  # no filter is always known
        self._noted: list[Problem] = []
        self._on_alert = on_alert
        self.callback_errors = 0
        """How often ``on_alert`` raised."""

    @classmethod
    def resume(  # noqa: PLR0913  (all but the first are keywords)
        cls,
        path: str | PathLike[str],
        *,
        surface: Surface | Body | None = None,
        equipment: Profile | str | PathLike[str] | None = None,
        corrections: Corrections | None = None,
        levels: Iterable[Level] | None = None,
        on_alert: OnAlert | None = None,
    ) -> "LiveSession":
        """Return a session as it was at the last frame of its journal, and go on with it.

        Alerts of frames in the journal are in :attr:`alerts` and not told again.

        Parameters
        ----------
        path
            The journal; a record that was not finished is dropped and told.
        surface, equipment, corrections
            Needed where the journal cannot hold them: a surface that is no body, a site's profile,
            functions. Where they are given they must be those of the journal.
        levels, on_alert
            As of the class.

        Raises
        ------
        DosemapError
            The journal is damaged, of another version, or of another surface, profile or
            corrections.
        """
        session, recorded = cls._of(
            path, surface, equipment, corrections, levels=levels, on_alert=on_alert
        )
        for rows in recorded.blocks():
            session._state.take(rows)
        session._journal = Journal.go_on(path, length=recorded.length, torn=recorded.torn)
        return session

    @classmethod
    def recorded(
        cls,
        path: str | PathLike[str],
        *,
        surface: Surface | Body | None = None,
        equipment: Profile | str | PathLike[str] | None = None,
        levels: Iterable[Level] | None = None,
    ) -> "tuple[LiveSession, Iterator[bytes]]":
        """Return a session as it began and the frames of its journal, which stays as it is.

        Parameters
        ----------
        path, surface, equipment, levels
            As of :meth:`resume`.
        """
        session, recorded = cls._of(path, surface, equipment, None, levels=levels, on_alert=None)
        blocks = recorded.blocks()
        return session, (rows[at : at + ROW.size] for rows in blocks for at in _places(rows, 1))

    @classmethod
    def _of(  # noqa: PLR0913  (as of resume)
        cls,
        path: str | PathLike[str],
        surface: Surface | Body | None,
        equipment: Profile | str | PathLike[str] | None,
        corrections: Corrections | None,
        *,
        levels: Iterable[Level] | None,
        on_alert: OnAlert | None,
    ) -> "tuple[LiveSession, Recorded]":
        """Return a session of a journal's header, which knows its filters but no frame yet."""
        recorded = read_journal(path)
        header = recorded.header
        check_layout(header)
        given = Profile.named(equipment) if isinstance(equipment, str | PathLike) else equipment
        session = cls.__new__(cls)
        session._set_up(
            surface_again(header, surface),
            profile_again(header, given),
            corrections_again(header, corrections),
            LiveSettings.from_dict(header["settings"]),
            levels=levels,
            on_alert=on_alert,
        )
        for filters in recorded.filters:
            session._filter_sets.place(filters)
        session._written_filters = len(session._filter_sets.all)
        if recorded.torn:
            session.note(journal_torn(recorded.torn))
        for problem in other_version(header):
            session.note(problem)
        return session, recorded

    def __enter__(self) -> "LiveSession":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def push(self, **frame: Unpack[Frame]) -> LiveUpdate:
        """Add one frame; what it can hold: :class:`dosemap.live.Frame` and ``docs/console.md``.

        Returns
        -------
        The state after it.

        Raises
        ------
        TypeError
            A field is unknown or has a wrong type. No value raises.
        """
        return self._add(row_of(frame, self._filter_sets.place))

    def push_row(self, row: bytes) -> LiveUpdate:
        """Add a frame as a journal has it (:meth:`recorded`)."""
        if len(row) != ROW.size:
            raise DosemapError(f"a row of {len(row)} bytes; it must be one of the journal")
        return self._add(row)

    def push_many(self, **frames: Unpack[FrameArrays]) -> LiveUpdate:
        """Add a block of frames, in order; the same as pushing one after the other, to the bit.

        Parameters
        ----------
        frames
            Per field an array with a value per frame (``table_origin_in_isocenter_mm`` (n, 3),
            ``field_at_1m_mm`` (n, 4)), or one value for all.

        Returns
        -------
        The state after the last one, with the alerts of all.

        Raises
        ------
        TypeError
            A field is unknown or has a wrong type.
        DosemapError
            Arrays of different lengths.
        """
        rows = rows_of(frames, self._filter_sets.place)
        if not rows:
            return self.update()
        blocks = [rows[at : at + _BLOCK * ROW.size] for at in _places(rows, _BLOCK)]
        updates = [self._add(block) for block in blocks]
        return updates[-1]._replace(alerts=tuple(a for update in updates for a in update.alerts))

    def _add(self, rows: bytes) -> LiveUpdate:
        with self._lock:
            if self._journal is not None:
                self._write(self._journal, rows)
            update = self._state.take(rows)
        for alert in update.alerts:
            self._tell(alert)
        return update

    def _write(self, journal: Journal, rows: bytes) -> None:
        for filters in self._filter_sets.all[self._written_filters :]:
            journal.add_filters(filters)
            self._written_filters += 1
        journal.add_rows(rows)

    def _tell(self, alert: LiveAlert) -> None:
        if self._on_alert is None:
            return
        try:
            self._on_alert(alert)
        except Exception:  # whatever a display does wrong, the case goes on
            with self._lock:
                self.callback_errors += 1

    def snapshot(self) -> DoseResult:
        """Return the result so far; frames can go on coming meanwhile.

        Its levels are those of scope ``procedure``, as of :func:`dosemap.estimate`.
        """
        with self._lock:
            copy, problems = self._state.feed.copy(), self._own_problems()
        result = self._snapshot.result(copy, problems)
        return result.with_levels(self.levels)

    def events(self) -> tuple[IrradiationEvent, ...]:
        """Return the irradiation events so far: frames of a plane without a gap between them."""
        with self._lock:
            presses = self._state.feed.presses()
        return tuple(IrradiationEvent.of(press) for press in presses)

    def to_store(
        self,
        history: "History",
        *,
        patient_id: str | None = None,
        issuer: str | None = None,
        procedure_type: str | None = None,
    ) -> "Added":
        """Add the result so far to a store; adding it again later is a revision.

        Parameters
        ----------
        history
            An open store.
        patient_id, issuer, procedure_type
            As of :meth:`dosemap.History.add`.
        """
        return history.add(
            self.snapshot(), patient_id=patient_id, issuer=issuer, procedure_type=procedure_type
        )

    def skin_dose_gy(self) -> "NDArray[np.float64]":
        """Return a copy of the dose of every vertex so far, (n_vertex,), Gy: for drawing."""
        with self._lock:
            return self._state.feed.dose_gy()

    def update(self) -> LiveUpdate:
        """Return the state as it is; what is of a last frame is ``None``."""
        with self._lock:
            return self._state.take(b"")

    def prepare(self, position: PatientPosition) -> None:
        """Make the scene of a patient position ahead, which takes some tenths of a second.

        Parameters
        ----------
        position
            That the patient will be turned to.
        """
        self._scenes.scene(position)

    def surface(self) -> Surface:
        """Return the skin as it lies at first, whose vertices the doses are of."""
        return self._state.surface

    @property
    def not_mapped(self) -> Mapping[str, int]:
        """Frames that are not in the map, by reason: ``{"kvp: missing": 3}``."""
        with self._lock:
            found = self._state.feed.tally().not_mapped
        return {f"{field}: {what}": sums.frames for (field, what), sums in found}

    @property
    def oddities(self) -> Mapping[str, int]:
        """Frames with something odd that are in the map, or came twice, by what it is."""
        with self._lock:
            return dict(self._state.feed.tally().oddities)

    @property
    def alerts(self) -> tuple[LiveAlert, ...]:
        """All thresholds reached so far, in order."""
        with self._lock:
            return tuple(self._state.alerts)

    @property
    def levels_not_evaluated(self) -> tuple[Level, ...]:
        """Levels for running procedures of which frames do not tell whether they are reached."""
        return self._watch.not_evaluated

    @property
    def journal_error(self) -> str | None:
        """Why the journal ended before the session; ``None`` where it did not, or there is none."""
        return self._journal.error if self._journal else None

    def note(self, problem: Problem) -> None:
        """Add what a reader of the results has to know to every snapshot to come."""
        with self._lock:
            self._noted.append(problem)

    def close(self) -> None:
        """Bring the journal to the disk and close it; what is pushed later is not in it."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()

    def _own_problems(self) -> tuple[Problem, ...]:
        found = self._noted.copy()
        if self.journal_error:
            found.append(journal_ended(self.journal_error))
        if self.callback_errors:
            found.append(callback_failed(self.callback_errors))
        return tuple(found)


def _places(rows: bytes, count: int) -> range:
    """Return where each so many rows begin."""
    return range(0, len(rows), count * ROW.size)
