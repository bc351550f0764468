"""What the worker does for the register, by topic; each wraps one call and is safe to run twice."""
