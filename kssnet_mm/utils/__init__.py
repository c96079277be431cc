"""Files: how they are written whole and read without running what they contain."""
