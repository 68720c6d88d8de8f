#!/usr/bin/env bash
# Runs `concord verify` with the inputs of the action, which come as INPUT_*.
set -uo pipefail

arguments=(verify)
# each adds the lines of a text, each behind a flag.
each() {
  local line
  while IFS= read -r line; do
    line="${line%$'\r'}"
    [ -n "$line" ] && arguments+=("${1:+$1=}$line")
  done <<< "$2"
  return 0
}

arguments+=("--base-url=$INPUT_BASE_URL")
each --scenarios "$INPUT_SCENARIOS"
each --report "$INPUT_REPORT"
each --baseline "$INPUT_BASELINE"
each "" "$INPUT_ARGUMENTS"
annotations="$(mktemp "${RUNNER_TEMP:-/tmp}/concord.XXXXXX")"
trap 'rm -f "$annotations"' EXIT
arguments+=("--report=github=$annotations")
[ -n "$INPUT_SPEC" ] && arguments+=(-- "$INPUT_SPEC")
[ -n "$INPUT_TOKEN" ] && export CONCORD_TOKEN="$INPUT_TOKEN"
unset INPUT_TOKEN

marker="concord-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
echo "::stop-commands::$marker"
"${CONCORD:-$RUNNER_TEMP/concord}" "${arguments[@]}"
code=$?
echo "::$marker::"
cat "$annotations"
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
