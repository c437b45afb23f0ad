#!/usr/bin/env bash
# Judges the change: annotations go to the log, the report and the lint findings into files. It ends
# well whatever it finds; verdict.sh turns that into the step's colour once everybody was told.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=commands.sh
. "${BASH_SOURCE[0]%/*}/commands.sh"

is_commit "$BASE" || refuse "no base commit"
is_commit "$HEAD" || refuse "no head commit"
case $LINT in report | fail | off) ;; *) refuse "the input lint is report, fail or off" ;; esac
[[ ${PIN:-} =~ ^([0-9a-f]{64})?$ ]] || refuse "the input pin is no sha256"
export POLICYCTL_PIN=${PIN:-}
[ -n "$POLICYCTL_PIN" ] || unset POLICYCTL_PIN

folder=$RUNNER_TEMP/policyctl-report
rm -rf -- "$folder"
mkdir -p -- "$folder"

# A command, its exit code in $code, what it said in files; errors are shown in the log.
code=0
ask() {
  local name=$1
  shift
  code=0
  "$POLICYCTL" "$@" >"$folder/$name" 2>"$folder/$name.err" || code=$?
  if [ -s "$folder/$name.err" ]; then shown "$folder/$name.err"; fi
}

# The graver of two exit codes: forged, then wrong use, then not judged, then a refusal.
final=0
count() {
  local each
  for each in 4 2 3 1; do
    if [ "$final" = "$each" ]; then return; fi
    if [ "$1" = "$each" ]; then final=$each && return; fi
  done
  if [ "$1" != 0 ]; then final=2; fi
}

sarif=
if compgen -G 'policies/*.y*ml' >/dev/null; then
  ask validate.txt validate --format github
  cat -- "$folder/validate.txt"
  count "$code"
  if [ "$LINT" != off ]; then
    ask lint.txt lint --range "$BASE..$HEAD" --format github
    cat -- "$folder/lint.txt"
    # Findings are for people unless they are to fail; a run that could not be done always counts.
    if [ "$LINT" = fail ] || [ "$code" -gt 1 ]; then count "$code"; fi
    ask lint.sarif lint --range "$BASE..$HEAD" --format sarif
    if [ "$code" -le 1 ]; then sarif=$folder/lint.sarif; fi
  fi
fi

ask diff.txt diff "$BASE...$HEAD"
shown "$folder/diff.txt"
ask gate.txt promote --check --base "$BASE" --head "$HEAD" --format github
cat -- "$folder/gate.txt"
ask report.md promote --check --base "$BASE" --head "$HEAD" --format markdown
count "$code"
if [ ! -s "$folder/report.md" ]; then
  {
    printf '**policyctl could not judge this change** (exit code %s)\n\n' "$code"
    # Four blanks make it code that no text in it can end.
    sed 's/^/    /' "$folder/report.md.err"
  } >"$folder/report.md"
fi

# A change that is about something else needs no comment of its own.
quiet=false
if [ "$final" = 0 ] && plain_git diff --quiet --no-ext-diff --no-textconv "$BASE...$HEAD" -- \
  policies .policyctl policyctl.toml catalogues; then
  quiet=true
fi

case $final in 0) verdict=pass ;; 1) verdict=fail ;; 3) verdict=not_judged ;; 4) verdict=tampered ;; *) verdict=misuse ;; esac
{
  cat -- "$folder/report.md"
  if [ "$code" = 0 ] && [ "$final" != 0 ]; then
    printf '\n**The checks of the files themselves fail**: the annotations of this run say where.\n'
  fi
  printf '\n<sub>policyctl · %s against %s</sub>\n' "${HEAD:0:12}" "${BASE:0:12}"
} >"$folder/comment.md"

# A summary may have 1 MiB; the report is far below.
cat -- "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"
output verdict "$verdict"
output exit-code "$final"
output report "$folder/comment.md"
output sarif "$sarif"
output quiet "$quiet"
