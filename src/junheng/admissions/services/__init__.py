"""What can be done with rounds: each a use case in one transaction."""
