"""Reports as YAML files that people edit."""
