#!/usr/bin/env bash
# After a merge. 'verify' judges the branch and all its past states, and keeps what can be read from the
# ledger; 'checkpoint' signs how far it reaches, if there is a key.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"
# shellcheck source-path=SCRIPTDIR source=api.sh
. "${BASH_SOURCE[0]%/*}/api.sh"

[[ ${PIN:-} =~ ^([0-9a-f]{64})?$ ]] || refuse "the variable POLICYCTL_PIN is no sha256"
if [ -n "${PIN:-}" ]; then export POLICYCTL_PIN=$PIN; fi

verify() {
  local folder=$RUNNER_TEMP/policyctl-merged code=0
  mkdir -p -- "$folder"
  policyctl verify --history --no-memory --format json >"$folder/verify.json" || code=$?
  policyctl verify --history --no-memory >"$folder/verify.txt" || true
  shown "$folder/verify.txt"
  {
    printf '### The ledger after the merge\n\n'
    sed 's/^/    /' "$folder/verify.txt"
  } >>"$GITHUB_STEP_SUMMARY"
  [ "$code" = 0 ] || refuse "the branch does not verify: the summary says why" "$code"
  policyctl changelog >"$folder/CHANGELOG.md"
  policyctl root export >"$folder/allowed_signers"
}

checkpoint() {
  output exports false
  if [ -z "${KEY:-}" ]; then
    notice "no checkpoint was made: the environment has no secret POLICYCTL_CI_KEY"
    return
  fi
  local folder=$RUNNER_TEMP/policyctl-signed file
  keys=$(mktemp -d "$RUNNER_TEMP/policyctl-key.XXXXXX")
  trap 'rm -rf -- "$keys"' EXIT
  mkdir -p -- "$folder"
  (umask 077 && printf '%s\n' "$KEY" >"$keys/key")
  policyctl checkpoint --key "$keys/key"
  git_with_token
  # Not by force: a tag that the forge has, and has differently, is an error.
  plain_git push --quiet origin 'refs/tags/policyctl/checkpoint/*:refs/tags/policyctl/checkpoint/*'
  policyctl checkpoint --show >"$folder/notes.txt"
  for file in policies/*.yaml; do
    [ -f "$file" ] || continue
    policyctl export "$file" --format in-toto --out "$folder" --key "$keys/key"
  done
  output exports true
}

case ${1:-} in
  verify) verify ;;
  checkpoint) checkpoint ;;
  *) refuse "usage: merged.sh verify|checkpoint" ;;
esac
