#!/usr/bin/env bash
# Fetches what the comparison needs of the history, and no more: both commits, and the way from each
# back to where they parted. Checkouts begin with one commit.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"
# shellcheck source-path=SCRIPTDIR source=api.sh
. "${BASH_SOURCE[0]%/*}/api.sh"

is_commit "$BASE" || refuse "no base commit"
is_commit "$HEAD" || refuse "no head commit"
[[ ${MAX_COMMITS:-} =~ ^[0-9]{1,7}$ ]] || refuse "the input max-commits is no number"

git_with_token

fetch() { plain_git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head "$@"; }
has() { plain_git cat-file -e "$1^{commit}" 2>/dev/null; }
is_shallow() { [ "$(plain_git rev-parse --is-shallow-repository)" = true ]; }

# Whether the commits on both sides of the parting are there, none of them cut off.
reaches() {
  local shallow between
  is_shallow || return 0
  plain_git merge-base "$BASE" "$HEAD" >/dev/null || return 1
  shallow=$(plain_git rev-parse --git-path shallow)
  # Not piped: a reader that stops at the first match would make git, and so the answer, fail.
  between=$(plain_git rev-list "$BASE...$HEAD")
  ! grep -qxFf "$shallow" <<<"$between"
}

for commit in "$BASE" "$HEAD"; do
  has "$commit" || fetch --depth=1 origin "$commit" ||
    refuse "commit $commit cannot be fetched, so that nothing can be compared with it" 3
done

depth=1 step=32
until reaches; do
  if [ "$depth" -ge "$MAX_COMMITS" ]; then
    warning "the two commits do not meet within $MAX_COMMITS commits: raise the input max-commits, or check out with fetch-depth: 0"
    break
  fi
  if [ $((depth + step)) -gt "$MAX_COMMITS" ]; then step=$((MAX_COMMITS - depth)); fi
  fetch --deepen="$step" origin "$BASE" "$HEAD" || refuse "the history cannot be fetched" 3
  depth=$((depth + step)) step=$((step * 4))
done
