"""The rows of the table of slips, by subject; `mistakes` puts them in order."""
