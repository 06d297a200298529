"""The notation of hand calculations, from text to Values."""
