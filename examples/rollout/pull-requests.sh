#!/usr/bin/env bash
# Opens a pull request with the login snippet in each repository of an index that `snippet --all` wrote. Needs git, gh,
# Node and the manifest in GITPOD_AWS_MANIFEST. Run it where the tool is installed. It may be run again: what is up to
# date is left alone, and commits that somebody added to an open pull request stay.
set -uo pipefail

index=${1:?usage: pull-requests.sh INDEX_JSON}
manifest=$(realpath -- "${GITPOD_AWS_MANIFEST:?name the manifest}") || exit 2
# An absolute path: npx would run what a clone brings along.
command=${GITPOD_AWS_OIDC:-$PWD/node_modules/.bin/gitpod-aws-oidc}
branch=gitpod-aws-oidc
entries=$(node -e '
  const { snippets } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  for (const { kind, url, installation } of snippets) if (kind === "repo") console.log(`${url}\t${installation}`);
' "$index") || { echo "$index is no index.json of snippet --all" >&2 && exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
refused=()

merge() { # repository, installation: exit status 3 where there is nothing to do
  local repository=$1 installation=$2 clone=$work/clone
  rm -rf "$clone"
  git clone --quiet --depth 1 -- "$repository" "$clone" || return
  cd "$clone" || return
  # A branch of an earlier run, with what was added to it since, or a new one.
  git fetch --quiet --depth 1 origin "$branch:$branch" 2>/dev/null && git switch --quiet "$branch" ||
    git switch --quiet --create "$branch" || return
  $command snippet "$manifest" --repo "$repository" --installation "$installation" --into .gitpod.yml >&2 || return
  git add -- .gitpod.yml || return
  git diff --cached --quiet && return 3
  git commit --quiet --message "Log in to AWS by OpenID Connect" || return
  git push --quiet origin "$branch" || return
  # An open pull request follows its branch: there is nothing to create then.
  [ -n "$(gh pr list --head "$branch" --json url --jq '.[].url')" ] || gh pr create --fill --head "$branch"
}

while IFS=$'\t' read -r repository installation; do
  [ -n "$repository" ] || continue
  (merge "$repository" "$installation") </dev/null
  case $? in
    0) echo "$repository: pull request" ;;
    3) echo "$repository: up to date" ;;
    *) refused+=("$repository") && echo "$repository: REFUSED, see above" ;;
  esac
done <<<"$entries"

[ ${#refused[@]} -eq 0 ] || {
  printf '%d refused:\n' "${#refused[@]}"
  printf '  %s\n' "${refused[@]}"
  exit 1
}
