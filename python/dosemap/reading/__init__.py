"""From the flat items of a parsed report to the fields of :mod:`dosemap.procedure`."""
