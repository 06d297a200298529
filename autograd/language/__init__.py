"""The language of hand calculations, which reads their text and evaluates it as Values."""
