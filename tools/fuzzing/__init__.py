"""What ``tools/fuzz.py`` and its tests share: mutations, readers with their seed files, and the judge of an input."""
