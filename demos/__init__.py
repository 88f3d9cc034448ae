"""What the engine is for: derivations of the notes, checked and drawn."""
