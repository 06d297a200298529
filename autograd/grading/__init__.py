"""Numbers written by hand, judged."""
