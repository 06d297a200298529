"""Things to play with: a network that trains in the browser."""
