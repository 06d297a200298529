"""The exit statuses of all commands."""

RIGHT = 0
WRONG = 1  # something in a calculation is wrong
FAILED = 2  # the input could not be read, or the work could not be done
CLOSED_PIPE = 141  # the reader closed the pipe; shells report such a program with this status
