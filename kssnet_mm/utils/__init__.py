"""What every other package may use: whole files, names, thresholds, safe pickles. Knows no OpenMMLab."""
