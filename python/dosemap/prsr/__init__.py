"""Patient Radiation Dose SR: an estimate as a DICOM object (``docs/prsr.md``).

Everything but :mod:`dosemap.prsr.write` needs highdicom and is imported inside functions.
"""
