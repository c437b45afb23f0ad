#!/usr/bin/env bash
# Installs policyctl into an environment of its own, away from the repository's files.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"

if [ "$INSTALL" = none ]; then
  found=$(command -v policyctl) || refuse "the input install is none, and there is no policyctl on the PATH"
  output bin "$found"
  exit 0
fi
place=$RUNNER_TEMP/policyctl
what=$INSTALL
if [[ ! $what =~ ^policyctl(\[[a-z,]+\])?==[0-9][0-9A-Za-z.+!]*$ ]]; then
  case $what in /*) ;; *) what=$GITHUB_WORKSPACE/$what ;; esac
  [ -e "$what" ] || refuse "the input install is neither policyctl==VERSION nor a path that exists: $INSTALL"
fi
# -I: what lies in the present folder is not imported.
cd "$RUNNER_TEMP"
python3 -I -m venv "$place"
"$place/bin/python" -I -m pip install --quiet --no-input --disable-pip-version-check \
  --only-binary=:all: "$what" || refuse "pip cannot install $INSTALL"
output bin "$place/bin/policyctl"
# Workflows that call these scripts themselves find it on the PATH.
if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$place/bin" >>"$GITHUB_PATH"; fi
