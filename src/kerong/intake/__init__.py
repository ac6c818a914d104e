"""Batches: files received, cleaned, profiled, stopped by gates or published into a city's archive."""
