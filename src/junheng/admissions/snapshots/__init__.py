"""Between tables and the engine's values; the only place that knows both."""
