# Killed at any moment: the last commit is whole, fsck finds nothing.
. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat"
	echo x >h.csv
	dsv track "h*.csv" --name huge --format plain --yes >/dev/null
	seq 1 60000 | sed 's/$/,some label/' >../rows
	{ echo id,label; cat ../rows; } >big.csv
	dsv track big.csv --key id --label label >/dev/null
	dsv commit -q -m Big
)

# killed_in COMMAND...: killed at eleven moments. Which they are does not matter:
# what is asked must hold at every one.
killed_in()
{
	before=$(git rev-parse HEAD)
	tries=0
	for nap in 0 .001 .002 .005 .01 .02 .03 .05 .08 .13 .2; do
		{ shuf -i 1-60000 -n 3000 --random-source=../rows |
			sed "s/\$/,label $tries/" | sed '1i id,label'; } >big.csv
		"$@" >/dev/null 2>&1 &
		pid=$!
		sleep $nap
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		rm -f .git/index.lock .git/HEAD.lock .git/refs/heads/main.lock
		dsv fsck >"$work/out" 2>"$work/err" || return 1
		git fsck --strict >/dev/null 2>&1 || return 1
		dsv show HEAD:big.csv >../content || return 1
		dsv show HEAD:animals.csv >../content || return 1
		tries=$((tries + 1))
	done
}
test_that 'kill -9 in add' 'killed_in dsv add big.csv'
test_that 'kill -9 in commit' 'killed_in dsv commit -q -a -m Killed'
test_that 'what is killed leaves nothing that grows' '
	dsv add -q big.csv && [ -z "$(ls .git/dsv/tmp 2>/dev/null)" ] ||
	[ "$(du -sk .git/dsv/tmp | cut -f1)" -lt 20000 ]
'
test_that 'an interrupt undoes what was begun, exit 130' '
	rm -rf .git/index.lock .git/dsv/tmp/*
	seq 1 3000000 | sed "s/\$/,x/" >huge.csv
	dsv add huge.csv >/dev/null 2>"$work/err" &
	pid=$!
	sleep .2
	kill -INT $pid
	wait $pid
	status=$?
	rm huge.csv
	[ $status -eq 130 ] && [ ! -e .git/index.lock ] &&
	[ -z "$(ls .git/dsv/tmp)" ] && is_empty "$work/err"
'
finish
