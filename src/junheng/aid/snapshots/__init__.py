"""What decisions are made from: facts with dates, frozen."""
