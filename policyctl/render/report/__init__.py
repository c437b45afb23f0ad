"""The report on an estate as one page of HTML that needs nothing else."""
