"""The logs of engines: one decoded line each, read as what its detectors said."""
