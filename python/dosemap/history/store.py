"""The store of a patient's procedures: what a caller uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from dosemap.alerts import Level, load_levels
from dosemap.errors import DosemapError
from dosemap.figures.missing import need
from dosemap.history.added import Added, NotEvaluated, RaisedAlert
from dosemap.history.cumulative import Cumulative, accumulate
from dosemap.history.patient_maps import PatientMaps
from dosemap.history.pseudonym import KEY_FOR_NOTHING, PREFIX, hidden, needed_key
from dosemap.history.record import ProcedureRecord, pack
from dosemap.history.stored import StoredProcedure
from dosemap.history.window import moment, window_days

if TYPE_CHECKING:
    from dosemap.history.database import Database
    from dosemap.result import DoseResult
    from dosemap.risk import Risk


class History:
    """Procedures of patients over years: dose maps, their sums, and the alerts that were raised.

    Needs ``pip install "dosemap[history]"``; how it works: ``docs/history.md``.

    Parameters
    ----------
    path_or_url
        An SQLite file, made where there is none and readable by its owner alone, or the URL of a
        PostgreSQL database (``postgresql://user@host/name``, extra ``postgres``).
    pseudonymise
        Store pseudonyms in place of patient IDs and UIDs. It is decided when the store is new and
        then stays; ``None``: as the store is, of a new one not.
    site_key
        The key of the pseudonyms, as bytes, or its file; by default the file that
        ``DOSEMAP_SITE_KEY`` names. It is not kept in the store. With a key, a new store must be
        told whether it is to have pseudonyms.
    levels
        Alert levels; by default those of :func:`dosemap.alerts.load_levels`.

    Raises
    ------
    DosemapError
        The store cannot be opened, or the key is not its key.

    Examples
    --------
    >>> import dosemap as dm
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, dm.History(f"{folder}/doses.db") as history:
    ...     len(history.procedures())
    0
    """

    def __init__(
        self,
        path_or_url: str | PathLike[str],
        *,
        pseudonymise: bool | None = None,
        site_key: bytes | str | PathLike[str] | None = None,
        levels: Sequence[Level] | None = None,
    ) -> None:
        self.levels = load_levels() if levels is None else tuple(levels)
        # Before a file is made that would stay, empty and without pseudonyms.
        if pseudonymise:
            needed_key(site_key)
        if pseudonymise is None and site_key is not None and is_new_file(path_or_url):
            raise DosemapError(KEY_FOR_NOTHING)
        self._database = _opened(path_or_url)
        try:
            from dosemap.history.settings import pseudonyms_of_store  # noqa: PLC0415  (SQLAlchemy)

            self._pseudonyms = pseudonyms_of_store(
                self._database, wanted=pseudonymise, key=site_key
            )
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<History {self._database!r}>"

    @property
    def is_pseudonymised(self) -> bool:
        """Whether pseudonyms stand in place of patient IDs and UIDs."""
        return self._pseudonyms is not None

    @property
    def store_id(self) -> str:
        """What tells this store from any other, also from one that was at its place before."""
        from dosemap.history.settings import store_id  # noqa: PLC0415  (SQLAlchemy)

        return store_id(self._database)

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    def add(
        self,
        result: "DoseResult",
        *,
        patient_id: str | None = None,
        issuer: str | None = None,
        procedure_type: str | None = None,
    ) -> Added:
        """Add a result; adding it again changes nothing.

        A corrected report or a new computation of the same procedure is a new revision: earlier
        ones are kept, the latest counts. When this returns, it is on the disk.

        Parameters
        ----------
        result
            From :func:`dosemap.estimate` or :meth:`dosemap.DoseResult.from_netcdf`.
        patient_id, issuer
            In place of the report's; a result from a file has none.
        procedure_type
            What was done, by the names that levels use; by default what the report's codes say.
        """
        return self.add_record(
            pack(result, patient_id=patient_id, issuer=issuer, procedure_type=procedure_type)
        )

    def add_record(self, record: ProcedureRecord) -> Added:
        """Add what :func:`dosemap.history.pack` made, maybe in another process.

        Parameters
        ----------
        record
            A procedure.
        """
        from dosemap.history.adding import write_record  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.reading import procedures_of_same_id  # noqa: PLC0415
        from dosemap.history.timeline import reevaluate_some  # noqa: PLC0415

        record = hidden(record, self._pseudonyms)
        with self._database.writing() as connection:
            written = write_record(connection, record)
            changes = reevaluate_some(
                connection,
                self.levels,
                patients=written.patients,
                procedures=written.of_nobody,
            )
            same_id = sum(procedures_of_same_id(connection, p) for p in written.patients)
        notes = written.notes
        if written.of_nobody:
            notes += (
                "no patient ID: it is kept, but is never added to other procedures; give one with"
                " patient_id (--patient-id)",
            )
        if same_id and written.status == "new":
            notes += (_same_id(same_id),)
        return Added(
            status=written.status,
            procedure=written.procedure,
            revision=written.revision,
            before=written.before,
            now=written.now,
            alerts=changes.raised,
            withdrawn=changes.withdrawn,
            not_evaluated=tuple(
                entry for entry in changes.not_evaluated if entry.procedure == written.procedure
            ),
            notes=notes,
        )

    def reevaluate(self) -> tuple[tuple[RaisedAlert, ...], tuple[RaisedAlert, ...]]:
        """Hold everything against :attr:`levels`, after these have changed.

        Adding holds a patient's procedures against them too, but leaves alerts of levels that are
        not among them as they are; this withdraws those.

        Returns
        -------
        The alerts that were raised now, and those that were withdrawn.
        """
        from dosemap.history.reading import patients_of_all  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.timeline import reevaluate_some  # noqa: PLC0415

        with self._database.writing() as connection:
            everything = patients_of_all(connection)
            changes = reevaluate_some(
                connection,
                self.levels,
                patients={patient for _, patient in everything if patient is not None},
                procedures={entry for entry, patient in everything if patient is None},
                are_all=True,
            )
        return changes.raised, changes.withdrawn

    def procedures(
        self, patient: str | None = None, *, issuer: str | None = None
    ) -> list[StoredProcedure]:
        """Return the procedures that count, in time order: all, or those of a patient.

        Parameters
        ----------
        patient
            Patient ID, or the pseudonym that the store has in its place.
        issuer
            Issuer of the patient ID, where the reports name one.
        """
        from dosemap.history.reading import procedures_of  # noqa: PLC0415  (SQLAlchemy)

        with self._database.reading() as connection:
            number = self._number_if_any(connection, patient, issuer)
            return procedures_of(connection, number)

    def lower_bounds(self, procedures: Iterable[StoredProcedure]) -> dict[int, tuple[str, ...]]:
        """Return of which quantities of procedures no more than a lower bound is known.

        Parameters
        ----------
        procedures
            Of :meth:`procedures`.

        Returns
        -------
        By the number of the procedure names of quantities, those that alert levels are of; the
        store has none of one that is not known at all, which is among them.
        """
        from dosemap.history.reading import lower_bounds  # noqa: PLC0415  (SQLAlchemy)

        with self._database.reading() as connection:
            return lower_bounds(connection, [entry.procedure for entry in procedures])

    def cumulative(
        self,
        patient: str,
        *,
        issuer: str | None = None,
        window: str | int | None = None,
        at: str | date | None = None,
        procedures: Iterable[int] | None = None,
    ) -> Cumulative:
        """Add the maps of a patient's procedures, place by place.

        Parameters
        ----------
        patient, issuer
            As for :meth:`procedures`.
        window
            Only procedures of so many days, ``"180D"``; by default all.
        at
            End of the window; by default the patient's last procedure.
        procedures
            Only these, by their numbers in the store.
        """
        from dosemap.history.alert_rows import not_evaluated_of  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.reading import (  # noqa: PLC0415
            counting_records,
            procedures_of,
            procedures_of_same_id,
        )

        days, end = window_days(window), moment(at)
        with self._database.reading() as connection:
            number = self._number(connection, patient, issuer)
            found = procedures_of(connection, number)
            not_evaluated = not_evaluated_of(connection, number)
            same_id = procedures_of_same_id(connection, number)
            if procedures is not None:
                found = _chosen(found, set(procedures))
            records = counting_records(connection, [entry.procedure for entry in found])
        total = accumulate(PatientMaps.of(found, records), days=days, end=end)
        added = {entry.procedure.procedure for entry in total.contributions}
        problem = {"code": "patient-id-of-another-issuer", "message": _same_id(same_id)}
        return replace(
            total,
            not_evaluated=tuple(entry for entry in not_evaluated if entry.procedure in added),
            problems=(*total.problems, *([problem] if same_id else [])),
        )

    def risk(
        self, patient: str, *, issuer: str | None = None, window: str | int | None = None
    ) -> "Risk":
        """Return what a patient's doses together may lead to; for a qualified person.

        Parameters
        ----------
        patient, issuer, window
            As for :meth:`cumulative`.
        """
        return self.cumulative(patient, issuer=issuer, window=window).risk()

    def write_report(  # noqa: PLR0913  (all but the first two are keywords with a default)
        self,
        patient: str,
        path: str | PathLike[str],
        *,
        issuer: str | None = None,
        window: str | int | None = None,
        at: str | date | None = None,
        procedures: Iterable[int] | None = None,
        paper: Literal["a4", "letter"] = "a4",
    ) -> None:
        """Write a page on a patient's procedures as PDF; needs ``pip install "dosemap[report]"``.

        The map of the sum, the procedures over time, levels and reactions; the numbers are those of
        :meth:`cumulative`. The page names the patient as the store does: by ID or pseudonym.

        Parameters
        ----------
        patient, issuer, window, at, procedures
            As for :meth:`cumulative`.
        path
            Where to, by a temporary name beside it.
        paper
            Its size.

        Raises
        ------
        DosemapError
            No such patient, matplotlib is missing, or the file cannot be written.
        """
        need("matplotlib", extra="report", what="a page")
        from dosemap.figures.pdf import write_history_pdf  # noqa: PLC0415  (matplotlib)

        found = self.cumulative(patient, issuer=issuer, window=window, at=at, procedures=procedures)
        alerts = self.alerts(patient, issuer=issuer)
        write_history_pdf(found, path, alerts=alerts, levels=self.levels, paper=paper)

    def alerts(self, patient: str | None = None, *, issuer: str | None = None) -> list[RaisedAlert]:
        """Return every alert that was ever raised, withdrawn ones included, the oldest first.

        Parameters
        ----------
        patient, issuer
            As for :meth:`procedures`.
        """
        from dosemap.history.alert_rows import alerts_of  # noqa: PLC0415  (SQLAlchemy)

        with self._database.reading() as connection:
            number = self._number_if_any(connection, patient, issuer)
            return alerts_of(connection, number)

    def not_evaluated(
        self, patient: str | None = None, *, issuer: str | None = None
    ) -> list[NotEvaluated]:
        """Return the levels of which nobody can say whether they were reached, by procedure.

        A level that is neither here nor in :meth:`alerts` was certainly not reached.

        Parameters
        ----------
        patient, issuer
            As for :meth:`procedures`.
        """
        from dosemap.history.alert_rows import not_evaluated_of  # noqa: PLC0415  (SQLAlchemy)

        with self._database.reading() as connection:
            number = self._number_if_any(connection, patient, issuer)
            return not_evaluated_of(connection, number)

    def forget(self, patient: str, *, issuer: str | None = None) -> int:
        """Remove everything of a patient, earlier revisions and alerts included.

        The space is overwritten. Of PostgreSQL backups and archived logs still hold it.

        Parameters
        ----------
        patient, issuer
            As for :meth:`procedures`.

        Returns
        -------
        How many procedures were removed.
        """
        from dosemap.history.forgetting import forget_patient  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.timeline import reevaluate_some  # noqa: PLC0415

        with self._database.writing() as connection:
            number = self._number(connection, patient, issuer)
            removed, others = forget_patient(connection, number)
            reevaluate_some(connection, self.levels, patients=others)
        self._database.vacuum()
        return removed

    def forget_procedure(self, procedure: int) -> None:
        """Remove one procedure with its revisions and alerts, as :meth:`forget` does.

        The way for procedures without patient ID. Alerts of the patient's other procedures are
        looked at again.

        Parameters
        ----------
        procedure
            Its number in the store.
        """
        from dosemap.history.forgetting import forget_procedure  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.timeline import reevaluate_some  # noqa: PLC0415

        with self._database.writing() as connection:
            patient = forget_procedure(connection, procedure)
            reevaluate_some(
                connection, self.levels, patients=set() if patient is None else {patient}
            )
        self._database.vacuum()

    def export(self, path: str | PathLike[str]) -> int:
        """Write everything to a file of JSON lines, readable by its owner alone.

        Parameters
        ----------
        path
            Where to; an existing file is replaced once the new one is complete.

        Returns
        -------
        How many states of procedures were written.
        """
        from dosemap.history.transfer import write_export  # noqa: PLC0415  (SQLAlchemy)

        with self._database.reading() as connection:
            return write_export(connection, path)

    def import_export(
        self, path: str | PathLike[str]
    ) -> tuple[Mapping[str, int], tuple[RaisedAlert, ...]]:
        """Add everything of a file that :meth:`export` wrote, all or nothing.

        What the store has already stays as it is. Alerts that were raised before are known, and
        are not raised again.

        Returns
        -------
        How many states had which status (:class:`Added`), and the alerts that are new.
        """
        from dosemap.history.timeline import reevaluate_some  # noqa: PLC0415  (SQLAlchemy)
        from dosemap.history.transfer import read_export, write_import  # noqa: PLC0415

        export = read_export(path)
        export = replace(
            export,
            records=[(added, hidden(record, self._pseudonyms)) for added, record in export.records],
        )
        with self._database.writing() as connection:
            done = write_import(connection, export)
            changes = reevaluate_some(
                connection, self.levels, patients=done.patients, procedures=done.of_nobody
            )
        return done.counts, changes.raised

    def _number_if_any(
        self,
        connection: Any,  # noqa: ANN401
        patient: str | None,
        issuer: str | None,
    ) -> int | None:
        return None if patient is None else self._number(connection, patient, issuer)

    def _number(self, connection: Any, patient: str, issuer: str | None) -> int:  # noqa: ANN401
        from dosemap.history.reading import one_patient  # noqa: PLC0415  (SQLAlchemy)

        patient = patient.strip()
        if self._pseudonyms is None:
            return one_patient(connection, patient, issuer)
        if patient.startswith(PREFIX):
            return one_patient(connection, patient, None)
        try:
            return one_patient(connection, self._pseudonyms.of_patient(patient, issuer), None)
        except DosemapError:
            raise DosemapError(
                "the store has no such patient; it is pseudonymised: name the issuer as in the"
                " reports, or give the pseudonym that dosemap history list shows"
            ) from None


def is_new_file(path_or_url: str | PathLike[str]) -> bool:
    """Return whether a store would be a file that does not exist yet.

    Parameters
    ----------
    path_or_url
        As of :class:`History`.
    """
    return "://" not in str(path_or_url) and not Path(path_or_url).exists()


def _opened(path_or_url: str | PathLike[str]) -> "Database":
    try:
        from dosemap.history.database import Database  # noqa: PLC0415  (SQLAlchemy)
    except ModuleNotFoundError as error:
        raise DosemapError(
            f'{error.name} is missing, which the store needs: pip install "dosemap[history]"'
        ) from error
    return Database(path_or_url)


def _chosen(found: list[StoredProcedure], wanted: set[int]) -> list[StoredProcedure]:
    missing = wanted - {entry.procedure for entry in found}
    if missing:
        numbers = ", ".join(str(number) for number in sorted(missing))
        raise DosemapError(
            f"procedures {numbers} are not among those of this patient that count; see dosemap"
            " history show"
        )
    return [entry for entry in found if entry.procedure in wanted]


def _same_id(procedures: int) -> str:
    plural = "" if procedures == 1 else "s"
    return (
        f"the store has {procedures} procedure{plural} of the same patient ID"
        " with another issuer or without one, not added to these; where it is the same person, add"
        " the reports again"
        " with patient_id and issuer (--patient-id, --issuer)"
    )
