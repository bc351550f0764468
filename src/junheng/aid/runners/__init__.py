"""The same statements on DuckDB, PostgreSQL and Spark."""
