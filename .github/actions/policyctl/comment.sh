#!/usr/bin/env bash
# Puts the report into one comment of the pull request: written once, brought up to date afterwards. Where
# nothing governed changes, none is begun.
# A token that may not write is no failure: the report stands in the summary of the run.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"
# shellcheck source-path=SCRIPTDIR source=api.sh
. "${BASH_SOURCE[0]%/*}/api.sh"

[[ $NUMBER =~ ^[0-9]+$ ]] || refuse "there is no pull request to comment on"

MARK='<!-- policyctl:policy-check -->'
MOST=65536 # characters of a comment; bytes are counted, of which there are never fewer
PAGES=50   # of a hundred comments each
folder=$(mktemp -d "$RUNNER_TEMP/policyctl-comment.XXXXXX")
trap 'rm -rf -- "$folder"' EXIT
require_api

# What did not work, and that the report is elsewhere.
give_up() {
  case $1 in
    401 | 403 | 404)
      notice "the token may not comment on this pull request, as on one from a fork: the report is in the summary of this run"
      ;;
    *) warning "the comment could not be written (HTTP status ${1:-none}): the report is in the summary of this run" ;;
  esac
  output comment none
  exit 0
}

# As much of the report as fits, cut at an empty line that is in no folded part.
fitting() {
  LC_ALL=C awk -v most="$1" '
    depth == 0 && size <= most && /^$/ { cut = NR }
    { size += length($0) + 1; line[NR] = $0 }
    /<details>/ { depth++ }
    /<\/details>/ { depth-- }
    END {
      last = size > most ? cut : NR
      for (i = 1; i <= last; i++) print line[i]
      if (size > most) print "\n**The rest is in the summary of the run**: a comment cannot hold it."
    }' "$REPORT"
}

{
  printf '%s\n' "$MARK"
  fitting $((MOST - 512))
} >"$folder/text"
jq -n --rawfile body "$folder/text" '{body: $body}' >"$folder/body"

here=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
id=
for ((page = 1; page <= PAGES; page++)); do
  status=$(api GET "$here/$NUMBER/comments?per_page=100&page=$page")
  [ "$status" = 200 ] || give_up "$status"
  # Anybody can write the mark into a comment, so that its author counts too.
  id=$(jq -r --arg mark "$MARK" --arg author "$AUTHOR" \
    'map(select(.user.login == $author and (.body // "" | startswith($mark))))[0].id // empty' \
    "$folder/answer")
  [ -z "$id" ] || break
  [ "$(jq length "$folder/answer")" = 100 ] || break
done

if [ -z "$id" ] && [ "${QUIET:-}" = true ]; then
  output comment none
elif [ -z "$id" ]; then
  status=$(api POST "$here/$NUMBER/comments" "$folder/body")
  [ "$status" = 201 ] || give_up "$status"
  output comment created
else
  [[ $id =~ ^[0-9]+$ ]] || give_up "$status"
  status=$(api PATCH "$here/comments/$id" "$folder/body")
  [ "$status" = 200 ] || give_up "$status"
  output comment updated
fi
