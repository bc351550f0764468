"""The register of the demo county: pupils with six school years, drawn after the county was."""
