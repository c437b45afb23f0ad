#!/usr/bin/env bash
# Prepares a promotion on a branch of its own. With a key it records the entry and opens the pull request;
# without one it judges the gate and says what a person runs. It never approves anything.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"
# shellcheck source-path=SCRIPTDIR source=api.sh
. "${BASH_SOURCE[0]%/*}/api.sh"

[[ $POLICY =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || refuse "the input policy is no policy's id"
case $STAGE in limited | enforce) ;; *) refuse "the input stage is limited or enforce" ;; esac
case $RATIONALE in '' | *[[:cntrl:]]*) refuse "the input rationale is one line of text" ;; esac
[[ $GITHUB_ACTOR =~ ^[A-Za-z0-9-]+(\[bot\])?$ ]] || refuse "GITHUB_ACTOR is no user"
[[ $BASE_BRANCH =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ ]] || refuse "the default branch has a name that cannot be used here"
[[ ${PIN:-} =~ ^([0-9a-f]{64})?$ ]] || refuse "the variable POLICYCTL_PIN is no sha256"
if [ -n "${PIN:-}" ]; then export POLICYCTL_PIN=$PIN; fi

options=()
IFS=, read -ra files <<<"$EVENTS"
for file in "${files[@]}"; do
  read -r file <<<"$file"
  case $file in '' | /* | -* | *..*) refuse "the input events names no file below this folder: $file" ;; esac
  [ -f "$file" ] || refuse "there is no file $file"
  options+=(--events "$file")
done

folder=$(mktemp -d "$RUNNER_TEMP/policyctl-promote.XXXXXX")
trap 'rm -rf -- "$folder"' EXIT

# Code in markdown that no text in it can end.
as_code() { printf '\n' && sed 's/^/    /' "$1" && printf '\n'; }

code=0
policyctl evidence "$POLICY" --to "$STAGE" "${options[@]}" >"$folder/gate" || code=$?
shown "$folder/gate"
{
  printf '### The gate of %s for %s\n' "$STAGE" "$POLICY"
  as_code "$folder/gate"
} >>"$GITHUB_STEP_SUMMARY"
[ "$code" = 0 ] || refuse "the gate is not met, or cannot be decided yet: the summary says what is missing" "$code"

if [ -z "${KEY:-}" ]; then
  {
    printf '%q ' policyctl promote "$POLICY" --to "$STAGE" --rationale "$RATIONALE" "${options[@]}"
    printf '\n'
  } >"$folder/command"
  {
    printf 'The gate is met. Nothing was signed: there is no POLICYCTL_CI_KEY. Run this on a branch, and push it:\n'
    as_code "$folder/command"
  } >>"$GITHUB_STEP_SUMMARY"
  notice "the gate is met; the summary says what a person runs and signs"
  exit 0
fi

require_api
git_with_token
(umask 077 && printf '%s\n' "$KEY" >"$folder/key")
branch=policyctl/promote-$POLICY-$STAGE-${GITHUB_RUN_ID:?}-${GITHUB_RUN_ATTEMPT:-1}
plain_git switch --quiet --create "$branch"
# In the signed entry: approvers have to see who asked, for the ledger knows the key only.
code=0
policyctl promote "$POLICY" --to "$STAGE" --rationale "$RATIONALE (asked for by @$GITHUB_ACTOR)" \
  "${options[@]}" --key "$folder/key" >"$folder/promotion" || code=$?
shown "$folder/promotion"
[ "$code" = 0 ] || refuse "the promotion was refused" "$code"
plain_git push --quiet origin "HEAD:refs/heads/$branch" || refuse "the branch $branch cannot be pushed"

{
  printf 'Asked for by @%s. Whoever asked should not approve.\n' "$GITHUB_ACTOR"
  as_code "$folder/promotion"
  printf 'Approve with your own key, on this branch: %spolicyctl approve %s%s\n' '`' "$POLICY" '`'
} >"$folder/text"
jq -n --rawfile body "$folder/text" --arg title "promote $POLICY to $STAGE" --arg head "$branch" \
  --arg base "$BASE_BRANCH" '{title: $title, head: $head, base: $base, body: $body}' >"$folder/body"
status=$(api POST "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pulls" "$folder/body")
[ "$status" = 201 ] ||
  refuse "the branch $branch is pushed, and the pull request could not be opened (HTTP status $status): may workflows open them in this repository?"
notice "pull request $(jq -r '.number' "$folder/answer") waits for approvals"
