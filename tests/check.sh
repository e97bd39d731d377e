#!/bin/sh
# Runs the tests and sums them up in one last line.
#
#	check.sh BUILD [cli|unit|lint|fuzz]...      (make check)
#
# As many at once as there are cores. What fails is shown in full, what is
# skipped is named. DSV_NO_SKIP="zsh fish": a skip whose line has one of these
# words counts as a failure.
set -u

# One test, as xargs starts it: check.sh --job LOGS KIND NAME
if [ "$1" = --job ]; then
	logs=$2 kind=$3 name=$4
	case $kind in
	cli) set -- sh tests/cli/run.sh "$name" ;;
	unit) set -- "$BUILD/tests/unit/$name" ;;
	lint) set -- sh "tests/lint/$name.sh" ;;
	fuzz) set -- "$BUILD/tests/fuzz/replay_$name" "tests/fuzz/corpus/$name" ;;
	esac
	command -v timeout >/dev/null && set -- timeout 1200 "$@"
	"$@" >"$logs/$kind-$name.log" 2>&1 </dev/null
	echo $? >"$logs/$kind-$name.rc"
	exit 0
fi

cd "$(dirname "$0")/.." || exit 3
mkdir -p "$1"
BUILD=$(cd "$1" && pwd) || exit 3
shift
kinds=${*:-cli unit lint fuzz}
logs=$BUILD/check/$(echo "$kinds" | tr " " -)
rm -rf "$logs"
mkdir -p "$logs" || exit 3

# Not below BUILD, which lies in the work tree of the project's own repository.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/dsv-check.XXXXXX") || exit 3
tmp=$(cd "$tmp" && pwd -P)
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

# No test sees the zone or language of the person; all know where dsv is and
# where to work.
export BUILD PATH="$BUILD:$PATH" TMPDIR="$tmp" LC_ALL=C TZ=UTC
export GIT_CEILING_DIRECTORIES="$tmp"

# names KIND: of its tests
names()
{
	case $1 in
	cli) set -- tests/cli/*.sh ;;
	unit) set -- tests/unit/test_*.c ;;
	lint) set -- tests/lint/*.sh ;;
	fuzz) set -- tests/fuzz/fuzz_*.c ;;
	esac
	for file; do
		[ -f "$file" ] || continue
		name=$(basename "$file")
		name=${name%.*}
		case $file in
		tests/cli/run.sh | tests/cli/lib*.sh) continue ;;
		esac
		echo "${name#fuzz_}"
	done
}

# Passed, failed and skipped, as cmocka or our own last line tells them.
count()
{
	awk '
	function number(line) {
		sub(/ test\(s\).*/, "", line)
		sub(/.* /, "", line)
		return line + 0
	}
	/^\[  PASSED  \] [0-9]+ test/ { passed += number($0) }
	/^\[  FAILED  \] (.*: )?[0-9]+ test\(s\)/ { failed += number($0) }
	/^\[  SKIPPED \] (.*: )?[0-9]+ test\(s\)/ { skipped += number($0) }
	/^[0-9]+ passed, [0-9]+ failed/ {
		passed += $1; failed += $3; skipped += $5
	}
	END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# What was skipped, with the reason where the test tells it.
why()
{
	grep -i '^skipped: ' "$1" | sort -u | grep . ||
		sed -n 's/^\[  SKIPPED \] \(test_\)/skipped: \1/p' "$1" | sort -u
}

for kind in $kinds; do
	names "$kind" | sed "s/^/$kind /"
done >"$logs/jobs"
xargs -P "$(nproc 2>/dev/null || echo 2)" -L 1 \
	sh tests/check.sh --job "$logs" <"$logs/jobs"

passed=0 failed=0 skipped=0
while read -r kind name; do
	log=$logs/$kind-$name.log
	rc=$(cat "$logs/$kind-$name.rc" 2>/dev/null || echo 3)
	set -- $(count "$log")
	# a crash leaves no count behind, and silence is no success
	[ "$rc" -ne 0 ] && [ "$2" -eq 0 ] && set -- "$1" 1 "$3"
	[ "$rc" -eq 0 ] && [ "$(($1 + $2 + $3))" -eq 0 ] && set -- 0 1 0
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	if [ "$2" -gt 0 ]; then
		echo "--- $kind $name failed (exit $rc)"
		cat "$log"
	fi
	[ "$3" -gt 0 ] && why "$log" |
		sed "s/^/$kind $name: /" | tee -a "$logs/skips"
done <"$logs/jobs"

for word in ${DSV_NO_SKIP-}; do
	if grep -qw -- "$word" "$logs/skips" 2>/dev/null; then
		echo "--- skipped, but $word must be here"
		failed=$((failed + 1))
	fi
done
left=$(ls -A "$tmp")
if [ -n "$left" ]; then
	echo "--- tests left files behind:"
	echo "$left"
	failed=$((failed + 1))
fi

if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
