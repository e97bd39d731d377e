# Killed at any step: the old state or the new one, and the command can be
# repeated. strace kills before the N-th call of each kind that writes, until
# there is no N-th.
. "$(dirname "$0")/lib.sh"

new_repo base
(
	cd "$repo" || exit
	echo x >h.csv
	dsv track "h*.csv" --name huge --format plain --yes >/dev/null
	rm h.csv
	seq 1 3000 | sed 's/$/,some label/; 1i id,label' >big.csv
	snapshot First "id,label" "1,cat"
	dsv track big.csv --key id --label label >/dev/null
	dsv commit -q -m Big
	git branch old
	echo 2,dog >>animals.csv
	sed -i 's/^\(.*7\),.*/\1,another label/' big.csv
	dsv commit -q -a -m New
	git checkout -q -b side old
	sed -i 's/^\(.*3\),some.*/\1,a third label/' big.csv
	lines note a b
	git add . && dsv commit -q -m Side
	git checkout -q -b clash
	echo 2,fox >>animals.csv
	dsv commit -q -a -m Clash
	git checkout -q -b foe old
	sed -i 's/^\(1*7\),.*/\1,no label/' big.csv
	dsv commit -q -a -m Foe
	git checkout -q main
)
base=$repo

calls='write pwrite64 fsync rename link unlink'

# fresh STEP: a copy of base, where STEP is done.
fresh()
{
	cd "$work" && rm -rf r && cp -a "$base" r && cd r && eval "$1"
}
# is_sound: nothing that is referred to is damaged
is_sound()
{
	dsv fsck >"$work/out" 2>"$work/err" &&
		git fsck --strict >/dev/null 2>&1
}
# killed STEP CHECK COMMAND...: COMMAND after STEP, killed at every step of its
# own; CHECK must hold after each, and after it is repeated to its end. $wanted
# is the status in the end, 0 where it is not set.
killed()
{
	step=$1 check=$2 wanted=${wanted:-0}
	shift 2
	for call in $calls; do
		n=1
		while :; do
			fresh "$step" || return 1
			old=$(git rev-parse HEAD)
			cut_short "$call" $n "$@"
			status=$?
			rm -f .git/index.lock .git/HEAD.lock \
				.git/refs/heads/*.lock
			at="before $call $n, $status: $*"
			is_sound || { echo "unsound $at"; return 1; }
			eval "$check" || { echo "check $at"; return 1; }
			[ $status -eq 137 ] || break
			again "$@" || { echo "again $at"; return 1; }
			kills=$((kills + 1))
			n=$((n + 1))
		done
		[ $status -eq $wanted ] || { echo "failed $at"; return 1; }
	done
}
# cut_short CALL N COMMAND...
cut_short()
{
	call=$1 n=$2
	shift 2
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null \
		-e trace="$call" -e inject="$call:signal=SIGKILL:when=$n" \
		"$@" >../out 2>../err
}
# again COMMAND...: it may find that it had been done
again()
{
	"$@" >../out 2>../err
	[ $? -eq $wanted ] && eval "$check" && return
	cat ../err
	grep -q -e "nothing to commit" -e "no merge is open" \
		-e "no open conflict" ../err
}
head_is_old_or_new()
{
	[ "$(git rev-parse HEAD)" = "$old" ] ||
		[ "$(git rev-parse HEAD^)" = "$old" ]
}
edit='sed -i "s/label\$/thing/" big.csv && echo 3,owl >>animals.csv &&
	cp big.csv ../big && cp animals.csv ../animals'
is_intact='head_is_old_or_new && cmp big.csv ../big &&
	cmp animals.csv ../animals'
# each work file is one version or the other, as a whole
dsv -C "$base" show old:big.csv >"$work/big.old"
dsv -C "$base" show main:big.csv >"$work/big.new"
is_whole='cmp -s big.csv ../big.old || cmp big.csv ../big.new'
# a delivery is applied to all of the file or to none of it
sed 's/^\([0-9]*5\),.*/\1,gift/' "$work/big.new" >"$work/big.gift"
sed -n '1p; /gift/p' "$work/big.gift" >"$work/gift.csv"
is_applied='cmp -s big.csv ../big.new || cmp big.csv ../big.gift'
# a merge is made, or not begun, or given up: what was changed beside it stays
mine='echo mine >>.gitignore && git add .gitignore && git commit -qm Mine &&
	echo more >>.gitignore'
is_back='{ ! is_open || dsv merge --abort; } && head_is_old_or_new &&
	[ "$(git status --porcelain)" = " M .gitignore" ] &&
	[ ! -e .git/MERGE_MSG ] && [ ! -e .git/MERGE_HEAD ]'
is_open()
{
	[ -e .git/MERGE_HEAD ] || { [ -e .git/MERGE_MODE ] &&
		[ "$(git rev-parse HEAD)" = "$old" ]; }
}
# HEAD moves forward: git tells of nothing that was lost
is_forward='is_old_or_side "$(git rev-parse old:big.csv)" \
	"$(git rev-parse side:big.csv)"'
is_old_or_side()
{
	[ "$(git rev-parse HEAD)" = "$(git rev-parse side)" ] &&
		[ -z "$(git status --porcelain)" ] && return
	[ "$(git rev-parse HEAD)" = "$(git rev-parse old)" ] &&
		case $(git hash-object big.csv) in "$1" | "$2") ;; *) false ;; esac
}
# what is told as resolved is in the file, and nothing else changed in it; what
# is staged is whole
foe='! dsv merge foe >../log 2>&1'
sed 's/^7,.*/7,no label/' "$work/big.new" >"$work/big.half"
sed 's/^\(1*7\),.*/\1,no label/' "$work/big.new" >"$work/big.foe"
is_resolved='{ cmp -s big.csv ../big.new && ! is_marked; } ||
	{ cmp big.csv ../big.half && [ -n "$(git ls-files -u)" ]; }'
is_settled='{ cmp -s big.csv ../big.new && ! is_marked &&
	[ -n "$(git ls-files -u)" ]; } || cmp big.csv ../big.foe'
is_marked()
{
	dsv conflicts --json >../json
	grep -q "\"resolved\":true" ../json
}

if ! command -v strace >/dev/null; then
	skip 'kill -9 at every step' 'no strace'
elif ! strace -f -qq -o /dev/null -e trace=write true 2>/dev/null; then
	skip 'kill -9 at every step' 'ptrace is not permitted'
else
	kills=0
	test_that 'kill -9 in add' 'killed "$edit" "$is_intact" dsv add . &&
		[ $kills -ge 10 ]'
	test_that 'kill -9 in commit' '
		killed "$edit && dsv add -q ." "$is_intact" \
			dsv commit -q -m Killed && [ $kills -ge 10 ]'
	test_that 'kill -9 in switch' '
		killed : "$is_whole" dsv switch -q old && [ $kills -ge 5 ]'
	test_that 'kill -9 in apply' '
		killed : "$is_applied" dsv apply ../gift.csv --to big.csv &&
		cmp big.csv ../big.gift && [ $kills -ge 3 ]'
	test_that 'kill -9 in merge' '
		killed "$mine" "$is_back" dsv merge side &&
		[ "$(git rev-parse HEAD^2)" = "$(git rev-parse side)" ] &&
		[ $kills -ge 20 ]'
	test_that 'kill -9 in a merge that ends in conflicts' '
		wanted=4 killed "$mine" "$is_back" dsv merge clash &&
		[ $kills -ge 20 ]'
	test_that 'kill -9 in a merge that moves forward' '
		killed "git checkout -q old" "$is_forward" dsv merge side &&
		[ "$(git rev-parse HEAD)" = "$(git rev-parse side)" ]'
	test_that 'kill -9 in merge --abort' '
		killed "$mine; ! dsv merge clash >../out" "$is_back" \
			dsv merge --abort && [ $kills -ge 10 ]'
	test_that 'kill -9 in resolve' '
		killed "$foe" "$is_resolved" \
			dsv resolve big.csv:7:label --theirs &&
		cmp big.csv ../big.half && is_marked && [ $kills -ge 5 ]'
	test_that 'kill -9 in a resolve that settles the file' '
		killed "$foe" "$is_settled" dsv resolve --all --theirs &&
		cmp big.csv ../big.foe && [ -z "$(git ls-files -u)" ] &&
		[ $kills -ge 10 ]'
	repo=$base
fi
finish
