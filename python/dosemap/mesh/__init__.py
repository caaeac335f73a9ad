"""Meshes of the user: read from a file, turned into patient space, repaired where it is safe."""
