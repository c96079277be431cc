"""Helpers for all other packages: whole files, label names, decision thresholds, safe pickles. Without OpenMMLab."""
