"""The folders of a governed repository."""

POLICIES = "policies/"
HOME = ".policyctl/"
ROOTS = HOME + "root/"
LOG = HOME + "log/"
EVIDENCE = HOME + "evidence/"
BASELINES = HOME + "baselines/"
SCHEMAS = HOME + "schemas/"
