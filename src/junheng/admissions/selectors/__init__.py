"""What pages and other rooms ask about rounds: one question, one function, frozen rows back."""
