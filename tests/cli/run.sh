#!/bin/sh
# Runs the command tests, two files at once: run.sh [NAME]...
#
# BUILD: the folder of the built dsv (default: build). What fails is shown in
# full; the last line counts.
set -u
cd "$(dirname "$0")" || exit 3
BUILD=$(cd "../../${BUILD:-build}" 2>/dev/null || cd "${BUILD:-build}" && pwd)
export BUILD
[ -x "$BUILD/dsv" ] || { echo "no dsv in '$BUILD'" >&2; exit 3; }

logs=$(mktemp -d "${TMPDIR:-/tmp}/dsv-cli.XXXXXX") || exit 3
trap 'rm -rf "$logs"' EXIT
export logs

if [ $# -eq 0 ]; then
	for name in *.sh; do
		case $name in
		lib*.sh | run.sh) ;;
		*) set -- "$@" "${name%.sh}" ;;
		esac
	done
fi
printf '%s\n' "$@" | xargs -P 2 -I NAME sh -c '
	sh ./NAME.sh >"$logs/NAME.log" 2>&1
	echo $? >"$logs/NAME.rc"'

passed=0 failed=0 skipped=0
for name; do
	log=$logs/$name.log
	last=$(tail -n 1 "$log")
	case $last in
	*' passed, '*' failed'*)
		set -- $(echo "$last" | tr -cd '0-9 ')
		passed=$((passed + $1))
		failed=$((failed + $2))
		skipped=$((skipped + ${3:-0}))
		sed '$d' "$log"
		;;
	*)
		echo "--- $name ended early ($(cat "$logs/$name.rc"))"
		cat "$log"
		failed=$((failed + 1))
		;;
	esac
done
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
