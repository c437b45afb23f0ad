"""Engines that count detection records in bulk."""
