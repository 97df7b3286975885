"""Due dates that move because a door is shut, and whom to tell of it."""
