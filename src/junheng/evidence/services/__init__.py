"""What changes something: deliveries, look-ups, connections."""
