"""The rows of the table of slips, by subject, and the search through them."""
