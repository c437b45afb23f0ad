"""The rules: `registry` lists all of them, `validating` those that ``validate`` runs too.

Nothing is imported here, because this runs before any module of the package does, and ``validate``
would pay for rules that it does not run.
"""
