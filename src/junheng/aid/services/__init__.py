"""What changes aid; one transaction each."""
