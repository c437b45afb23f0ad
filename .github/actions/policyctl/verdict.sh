#!/usr/bin/env bash
# Ends with the exit code of the check: 0 passes; anything else, "not judged" too, does not.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"

case $VERDICT in
  pass) exit 0 ;;
  fail) refuse "policyctl: something is missing or was refused; the summary of this run says what" 1 ;;
  not_judged) refuse "policyctl: the change could not be judged, which is not a pass" 3 ;;
  tampered) refuse "policyctl: the ledger does not verify" 4 ;;
  *) refuse "policyctl: the check could not be run" 2 ;;
esac
