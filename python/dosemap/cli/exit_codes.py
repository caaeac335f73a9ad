"""What the exit codes of the program mean, for its help."""

EXIT_CODES = (
    "Exit codes: 0 done; 1 a level of --fail-on was reached; 2 something could not be read or"
    " written; 3 no level of --fail-on was reached as far as is known, but not all could be"
    " evaluated; 141 the reader of the output had gone before its end (| head)."
)
