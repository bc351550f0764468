"""What aid is asked: one question, one function, frozen rows back."""
