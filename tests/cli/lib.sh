# What the command tests share; a test file begins with
#
#	. "$(dirname "$0")/lib.sh"
#
# and ends with `finish`. BUILD names the folder of the built dsv, GOLDEN=1
# rewrites golden files. Every file has a folder of its own, $work, that goes
# when it ends; clock, author, home and language are the same everywhere.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
file=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/dsv-$file.XXXXXX") || exit 3
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

for name in $(env | sed -n 's/^\(GIT_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
unset COLUMNS NO_COLOR PAGER EDITOR VISUAL LESS DSV_NOW
export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C TZ=UTC TERM=dumb
export PATH="${BUILD:?the folder of the built dsv}:$PATH"
export GIT_AUTHOR_NAME='Team Lead A' GIT_AUTHOR_EMAIL=lead-a@example.org
export GIT_COMMITTER_NAME='Team Lead A' GIT_COMMITTER_EMAIL=lead-a@example.org
mkdir "$HOME"
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git config --global protocol.file.allow always

passed=0 failed=0 skipped=0 hour=0

# One hour later, for everything that is committed from here on.
tick()
{
	hour=$((hour + 1))
	GIT_AUTHOR_DATE="2025-02-03T$(printf %02d $hour):00:00+0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}
tick

# test_that CLAIM SCRIPT: the script runs in $repo, in a shell of its own.
test_that()
{
	if (cd "$repo" && eval "$2") >"$work/log" 2>&1 </dev/null; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $file: $1"
		sed 's/^/    /' "$work/log"
		for kept in out err; do
			[ -f "$work/$kept" ] || continue
			echo "    -- std$kept of the last command"
			sed 's/^/    /' "$work/$kept" | head -40
		done
	fi
	rm -f "$work/out" "$work/err"
}

# skip CLAIM WHY
skip()
{
	skipped=$((skipped + 1))
	echo "SKIPPED: $file: $1 ($2)"
}

# new_repo NAME: an empty dsv repository, where the tests go on.
new_repo()
{
	repo=$work/$1
	mkdir "$repo" && (cd "$repo" && dsv init >/dev/null) || exit 3
}

# run STATUS COMMAND...: its answer goes to $work/out and $work/err.
run()
{
	want=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" -eq "$want" ] && return
	echo "'$*' ended with $status, not $want"
	return 1
}

has()
{
	grep -qF -- "$2" "$1" && return
	echo "'$2' is not in it:"
	cat "$1"
	return 1
}
lacks()
{
	grep -qF -- "$2" "$1" || return 0
	echo "'$2' is in it:"
	cat "$1"
	return 1
}
out_has() { has "$work/out" "$1"; }
err_has() { has "$work/err" "$1"; }
out_lacks() { lacks "$work/out" "$1"; }
err_lacks() { lacks "$work/err" "$1"; }
silent() { is_empty "$work/out" && is_empty "$work/err"; }
is_empty()
{
	[ ! -s "$1" ] && return
	echo "not empty:"
	cat "$1"
	return 1
}

# same_as golden/NAME FILE: exact bytes.
same_as()
{
	if [ "${GOLDEN-}" ]; then
		cp "$2" "$here/$1"
		return
	fi
	diff -u "$here/$1" "$2"
}
out_is() { same_as "golden/$1" "$work/out"; }

# lines FILE LINE...
lines()
{
	to=$1
	shift
	printf '%s\n' "$@" >"$to"
}

# snapshot MESSAGE LINE...: a version of animals.csv, committed.
snapshot()
{
	message=$1
	shift
	lines animals.csv "$@"
	if [ -z "$(git ls-files animals.csv)" ]; then
		dsv track animals.csv --key id --label label >/dev/null ||
			return
	fi
	dsv commit -q -a -m "$message"
}

# in_tty COLUMNS COMMAND: on a terminal; what it showed in $work/out, without
# carriage returns.
have_tty()
{
	script -qec true /dev/null </dev/null >/dev/null 2>&1
}
in_tty()
{
	script -qec "stty cols $1 rows 50; $2" /dev/null </dev/null \
		>"$work/tty"
	status=$?
	tr -d '\r' <"$work/tty" >"$work/out"
	return $status
}

# The store is sound whatever was done, and the count is the last line.
finish()
{
	test_that 'dsv fsck finds nothing' 'run 0 dsv fsck && silent_err'
	if [ "$skipped" -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ "$failed" -eq 0 ]
	exit
}
silent_err() { is_empty "$work/err"; }
