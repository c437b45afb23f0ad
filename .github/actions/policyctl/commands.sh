# shellcheck shell=bash
# What every step says to the runner: annotations and outputs. Sourced, never run.

# The rest of an annotation's line, so that a text cannot end it and begin a command of its own.
escaped() {
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

notice() { printf '::notice title=policyctl::%s\n' "$(escaped "$1")"; }
warning() { printf '::warning title=policyctl::%s\n' "$(escaped "$1")"; }

# One message and the exit code of wrong use, or the one that is given. It goes where no caller takes it
# for a value; the runner reads both.
refuse() {
  printf '::error title=policyctl::%s\n' "$(escaped "$1")" >&2
  exit "${2:-2}"
}

# An output of the step. Values are single lines that the steps made or checked themselves.
output() {
  case $2 in *$'\n'*) refuse "the output $1 would have several lines" ;; esac
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

is_commit() { [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; }

# Prints a file into the log, with nothing in it taken for a command.
shown() {
  local word
  word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$word"
  cat -- "$1"
  printf '\n::%s::\n' "$word"
}

# Git, with nothing of its own to run.
plain_git() {
  git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c safe.bareRepository=explicit \
    -c protocol.ext.allow=never -c gc.auto=0 -c maintenance.auto=false "$@"
}
