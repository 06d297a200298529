"""The benchmarks are run by hand (make bench), not by pytest."""

collect_ignore_glob = ["*.py"]
