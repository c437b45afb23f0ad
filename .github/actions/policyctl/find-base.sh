#!/usr/bin/env bash
# Says which two commits are compared: what the event is about, and what it started from.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"
# shellcheck source-path=SCRIPTDIR source=api.sh
. "${BASH_SOURCE[0]%/*}/api.sh"

command -v jq >/dev/null || refuse "there is no jq on this runner, which reads the event"
[ -s "${GITHUB_EVENT_PATH:-}" ] || refuse "there is no event: GITHUB_EVENT_PATH names no file"

git_with_token

field() { jq -r "$1 // empty" "$GITHUB_EVENT_PATH"; }

# The end of a branch of the forge.
fetched() {
  plain_git fetch --quiet --no-tags --depth=1 origin "refs/heads/$1" >&2 ||
    refuse "the input base names nothing that can be fetched: $1" 3
  plain_git rev-parse --verify 'FETCH_HEAD^{commit}'
}

found() { plain_git rev-parse --verify --quiet --end-of-options "$1^{commit}"; }

# A commit that the input names, found where a checkout has branches and tags. Branches of the forge come
# first: git itself prefers a tag, and whoever may push one could give it the name of a branch.
named() {
  local name names=("refs/remotes/origin/$1" "refs/remotes/$1" "$1")
  [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._/@^~-]*$ ]] || refuse "the input base is no revision: $1"
  case $1 in HEAD*) names=("$1") ;; esac
  for name in "${names[@]}"; do
    if found "$name"; then return; fi
  done
  if is_commit "$1"; then printf '%s' "$1" && return; fi
  fetched "$1"
}

default_branch() {
  local branch
  branch=$(field .repository.default_branch)
  [ -n "$branch" ] || refuse "the event $GITHUB_EVENT_NAME names no default branch: set the input base"
  found "refs/remotes/origin/$branch" || fetched "$branch"
}

base='' head='' number='' fork=false
case ${GITHUB_EVENT_NAME:-} in
  pull_request)
    base=$(field .pull_request.base.sha)
    head=$(field .pull_request.head.sha)
    number=$(field .pull_request.number)
    # A fork that was deleted meanwhile has no name, and is one all the same.
    [ "$(field .pull_request.head.repo.full_name)" = "$(field .repository.full_name)" ] || fork=true
    ;;
  pull_request_target)
    refuse "pull_request_target runs with the rights of the base on content that anybody can send: use 'on: pull_request'"
    ;;
  merge_group)
    base=$(field .merge_group.base_sha)
    head=$(field .merge_group.head_sha)
    ;;
  push)
    base=$(field .before)
    head=$(field .after)
    # A branch that is new was nothing before.
    if [[ $base =~ ^0+$ && -z ${INPUT_BASE:-} ]]; then base=$(default_branch); fi
    ;;
  workflow_dispatch | schedule)
    head=$(plain_git rev-parse --verify 'HEAD^{commit}')
    if [ -z "${INPUT_BASE:-}" ]; then base=$(default_branch); fi
    ;;
  *)
    [ -n "${INPUT_BASE:-}" ] || refuse "the event ${GITHUB_EVENT_NAME:-(none)} has no base: set the input base"
    head=$(plain_git rev-parse --verify 'HEAD^{commit}')
    ;;
esac
if [ -n "${INPUT_BASE:-}" ]; then base=$(named "$INPUT_BASE"); fi

is_commit "$base" || refuse "the event $GITHUB_EVENT_NAME names no base commit" 3
is_commit "$head" || refuse "the event $GITHUB_EVENT_NAME names no head commit" 3
[[ $number =~ ^[0-9]*$ ]] || refuse "the event names no number of a pull request"
output base "$base"
output head "$head"
output number "$number"
output fork "$fork"
