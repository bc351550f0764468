"""Results of the engines, checked by code that does not know them."""
