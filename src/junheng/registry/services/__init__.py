"""What changes the registry; one transaction each."""
