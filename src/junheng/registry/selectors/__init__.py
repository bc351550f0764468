"""What the registry is asked: one question, one function, frozen rows back."""
