# Killed at any step of push, fetch and clone: the remote never names data that
# it lacks, and the command repeated goes on. strace kills before the N-th call
# of each kind, until there is no N-th.
. "$(dirname "$0")/lib.sh"

git init -q --bare "$work/empty.git"
new_repo ana
if ! strace -f -qq -o /dev/null -e trace=write true 2>/dev/null; then
	skip 'push, fetch and clone killed at any step' 'no strace'
	finish
fi
(
	cd "$repo" || exit 3
	seq 1 4000 | sed 's/$/,some text here,cat/; 1i id,text,label' >t.csv
	dsv track t.csv --key id --label label --yes
	dsv remote add origin ../team.git
	dsv commit -m One
	cp -r ../empty.git ../team.git
	dsv push -u origin main
	cp -r ../team.git ../one.git
	cp -r . ../ana-one
	sed -i 's/^\(.*7\),\(.*\),cat$/\1,\2,fox/' t.csv
	tick
	dsv commit -a -m Two
	dsv push
	cp -r ../team.git ../two.git
) >/dev/null 2>&1

# cut_short CALL N COMMAND...
cut_short()
{
	call=$1 n=$2
	shift 2
	ASAN_OPTIONS=detect_leaks=0 strace $follow -qq -o /dev/null \
		-e trace="$call" -e inject="$call:signal=SIGKILL:when=$n" \
		"$@" >"$work/out" 2>"$work/err"
}

# Whatever main of the server is: all that it names is there.
server_is_sound()
{
	rm -rf "$work/look" &&
		git clone -q "$work/team.git" "$work/look" 2>/dev/null &&
		(cd "$work/look" && dsv fetch --all && dsv fsck) \
			>"$work/out" 2>"$work/err"
}

# killed PREPARE CHECK DIR COMMAND...
killed()
{
	prepare=$1 check=$2 dir=$3
	shift 3
	for call in write fsync rename; do
		n=1
		while :; do
			eval "$prepare" >/dev/null 2>&1 || return 1
			cd "$dir" || return 1
			cut_short $call $n "$@"
			status=$?
			find "$work/team.git" "$work/r/.git" -name '*.lock' \
				-delete 2>/dev/null
			eval "$check" || { echo "$check: $call $n"; return 1; }
			n=$((n + 1))
			cd "$dir" && { "$@" >"$work/out" 2>"$work/err" ||
				[ $status -ne 137 ] || eval "$done"; } ||
				{ cat "$work/err"; echo "again: $call $n"; return 1; }
			[ $status -eq 137 ] || break
			kills=$((kills + 1))
		done
	done
}

done=false follow=-f kills=0
test_that 'push' '
	killed "rm -rf $work/team.git $work/r; cp -r $work/one.git $work/team.git;
		cp -r $work/ana $work/r; git -C $work/r update-ref \
		refs/remotes/origin/main main~1; rm -rf $work/r/.git/dsv/cache" \
		server_is_sound "$work/r" dsv push &&
	server_is_sound && echo $kills kills && [ $kills -gt 5 ] &&
	[ "$(git -C "$work/team.git" rev-parse main)" = \
		"$(git -C "$work/ana" rev-parse main)" ]
'
kills=0
test_that 'fetch' '
	killed "rm -rf $work/team.git $work/r; cp -r $work/two.git $work/team.git;
		cp -r $work/ana-one $work/r" \
		true "$work/r" dsv fetch &&
	cd "$work/r" && echo $kills kills && [ $kills -gt 5 ] && dsv merge origin/main && dsv fsck &&
	cmp t.csv "$work/ana/t.csv"
'
# git itself leaves a folder behind when it is killed
done="cmp r/t.csv ana/t.csv" follow= kills=0
test_that 'clone' '
	rm -rf "$work/team.git" && cp -r "$work/two.git" "$work/team.git" &&
	killed "rm -rf $work/r" true "$work" dsv clone team.git r &&
	echo $kills kills && [ $kills -gt 5 ] && cmp r/t.csv ana/t.csv
'
finish
