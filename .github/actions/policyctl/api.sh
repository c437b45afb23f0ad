# shellcheck shell=bash
# The forge's REST API. Sourced after commands.sh, never run; $folder is the caller's own.

require_api() {
  local tool
  [[ $GITHUB_REPOSITORY =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || refuse "GITHUB_REPOSITORY is no repository"
  for tool in curl jq; do
    command -v "$tool" >/dev/null || refuse "there is no $tool on this runner, which the forge is asked with"
  done
  # In a file: arguments can be read by every process of the machine.
  (umask 077 && printf 'Authorization: Bearer %s\n' "$TOKEN" >"${folder:?}/authorization")
}

# METHOD URL [BODY]; prints the status (000 without an answer), the answer is in $folder/answer.
api() {
  local body=()
  if [ $# -gt 2 ]; then body=(--data-binary "@$3" --header 'Content-Type: application/json'); fi
  curl --silent --show-error --max-time 30 --proto '=https,http' \
    --request "$1" --header "@$folder/authorization" \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    --output "$folder/answer" --write-out '%{http_code}' "${body[@]}" -- "$2" || true
}

# Lets git fetch and push with the token. It goes through the environment: neither into arguments nor
# into the repository's configuration. The empty first value takes back what a checkout left there.
git_with_token() {
  export GIT_TERMINAL_PROMPT=0
  if [ -z "${TOKEN:-}" ] || [ -z "${GITHUB_SERVER_URL:-}" ]; then return; fi
  local basic key="http.$GITHUB_SERVER_URL/.extraheader"
  basic=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=$key GIT_CONFIG_VALUE_0=''
  export GIT_CONFIG_KEY_1=$key GIT_CONFIG_VALUE_1="AUTHORIZATION: basic $basic"
}
