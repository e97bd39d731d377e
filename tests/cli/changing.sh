# Files that change while they are read: told, and nothing comes of it. strace
# stops dsv at one system call and says so in a pipe; the file is changed
# there and then.
. "$(dirname "$0")/lib.sh"

if ! command -v strace >/dev/null; then
	new_repo r
	skip 'files that change while they are read' 'no strace'
	finish
fi
new_repo r
if ! strace -f -qq -o /dev/null -e trace=write true 2>/dev/null; then
	skip 'files that change while they are read' 'ptrace is not permitted'
	finish
fi

# 2 MB: read in pieces when it is added, mapped when it is compared
seq 100001 300000 | sed 's/$/,cat/; 1i id,label' >"$repo/big.csv"
(cd "$repo" && dsv track big.csv --key id --label label >/dev/null &&
	dsv commit -q -m First)
mkfifo "$work/trace"

# meanwhile CALL N CHANGE COMMAND...: COMMAND, and CHANGE at its N-th CALL on
# big.csv
meanwhile()
{
	call=$1 n=$2 change=$3
	shift 3
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o ../trace -P "$PWD/big.csv" \
		-e trace="$call" -e inject="$call:signal=SIGSTOP:when=$n" \
		"$@" >"$work/out" 2>"$work/err" &
	stopped=no
	while read -r pid line; do
		case $line in
		*'stopped by SIGSTOP'*)
			[ $stopped = yes ] || eval "$change"
			stopped=yes
			kill -CONT "$pid"
			;;
		esac
	done <../trace
	wait $!
	status=$?
	[ $stopped = yes ] || { echo "never stopped: $*"; return 1; }
}
unchanged()
{
	git diff --cached --quiet && [ -z "$(ls -A .git/dsv/tmp)" ] &&
		[ ! -e .git/index.lock ] && dsv fsck
}
edited()
{
	dsv restore -q big.csv && sed -i "s/^2\(.*\),cat/2\1,dog/" big.csv
}

test_that 'a file that grows while it is added is not staged' '
	edited && for command in "add big.csv" "commit -qam x"; do
		meanwhile read 2 "echo 300001,cow >>big.csv" dsv $command
		[ $status -eq 3 ] && err_has big.csv &&
		err_has "changed while it was read" && unchanged || exit 1
	done && run 0 dsv add big.csv
	git reset -q
'
test_that 'a file that shrinks while it is added is not staged' '
	edited && meanwhile read 2 "truncate -s 1000000 big.csv" dsv add big.csv
	[ $status -eq 3 ] && err_has big.csv &&
	err_has "changed while it was read" && unchanged
'
test_that 'a file that shrinks while it is compared: no answer, exit 3' '
	edited && for command in diff "diff --summary" \
		"diff --no-index big.csv ../noise" "labels big.csv"; do
		cp big.csv ../noise
		edited && meanwhile mmap 1 "truncate -s 5000 big.csv" \
			dsv $command
		[ $status -eq 3 ] && err_has "changed while it was read" &&
		unchanged || exit 1
	done; dsv restore -q big.csv
'
finish
