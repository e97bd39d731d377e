. "$(dirname "$0")/lib.sh"

# How what a merge left is called, and what comes when it is settled.

# words: the addresses that dsv conflicts shows, as they would be typed
words()
{
	dsv conflicts >"$work/out"
	sed -n "s/^\([^ ].*[^ ]\)   *\(both_\|changed_\|removed_\|duplicate_\|no_\|file\|git\).*/\1/p" \
		"$work/out"
}
# settle_each: type every word that is shown, one by one
settle_each()
{
	words >"$work/words"
	while read -r word; do
		run 0 bash -c "dsv resolve $word --theirs" || return 1
	done <"$work/words"
	out_has "1 conflict resolved, 0 to go" && run 0 dsv conflicts
}
# sides FILE BASE OURS THEIRS: three versions of a file, its lines parted by
# blanks; main has ours and side has theirs
sides()
{
	git reset -q --hard && git clean -qfd &&
		git checkout -q -B main start &&
	printf "%s\n" $2 >"$1" && dsv add "$1" >/dev/null &&
	dsv commit -q -m Base && git checkout -q -B side &&
	printf "%s\n" $4 >"$1" && dsv commit -qam Side &&
	git checkout -q main && printf "%s\n" $3 >"$1" &&
	dsv commit -qam Main
}
merges()
{
	sides "$@" && run 4 dsv merge side
}

new_repo r
(
	cd "$repo" || exit
	echo id,x >t.csv
	echo id,x >a:b.csv
	lines list.csv a,b 9,9 9,9
	echo id,part,x >two.csv
	dsv track t.csv --key id --yes >/dev/null
	dsv track a:b.csv --name colon --key id --yes >/dev/null
	dsv track two.csv --key id --key part --yes >/dev/null
	dsv track list.csv --yes >/dev/null
	lines j.jsonl "{\"a\":1}" "{\"a\":1}"
	dsv track j.jsonl --yes >/dev/null
	dsv commit -qam Start
	git branch start
)
test_that 'a path may hold what parts an address' '
	merges a:b.csv "id,x 1,a 2,a" "id,x 1,b 2,b" "id,x 1,c 2,c" &&
	words >words && lines want a:b.csv:1:x a:b.csv:2:x && cmp want words &&
	settle_each && lines want id,x 1,c 2,c && cmp want a:b.csv &&
	rm want words
'
cat >"$work/quoted" <<'END'
't.csv:1 a:x'
't.csv:q'\''\%3A%2C:x'
$'t.csv:a\nb:x'
't.csv:$HOME:x'
t.csv:ü:x
END
test_that 'a key may hold anything: the words are quoted for a shell' '
	sides t.csv "id,x k,a" "id,x k,b" "id,x k,c" &&
	git checkout -q -B main start && printf "id,x\n1 a,0\n\"q'\''\\\\:,\",0\n\"a
b\",0\n\$HOME,0\nü,0\n" >t.csv && dsv commit -qam Base &&
	git checkout -q -B side && sed -i "s/0\$/1/" t.csv &&
	cp t.csv ../theirs && dsv commit -qam Side && git checkout -q main &&
	sed -i "s/0\$/2/" t.csv && dsv commit -qam Main &&
	run 4 dsv merge side && words >words && diff -u "$work/quoted" words &&
	settle_each && cmp t.csv ../theirs && rm words
'
test_that 'from a subfolder the shown and the relative path are taken' '
	merges t.csv "id,x 1,a 2,a" "id,x 1,b 2,b" "id,x 1,c 2,c" &&
	mkdir -p sub && cd sub && run 0 dsv resolve ../t.csv:1 --ours &&
	run 0 dsv resolve t.csv:2:x --ours
'
test_that 'records without a key are settled one by one, or all' '
	merges list.csv "a,b 1,2 1,2 3,4" "a,b 1,2 3,4 3,4" \
		"a,b 1,2 1,2 1,2" &&
	words >words && lines want list.csv:#1 list.csv:#2 &&
	cmp want words && run 0 dsv resolve list.csv:#1 --theirs &&
	out_has "1 conflict resolved, 1 to go" &&
	lines want a,b 1,2 3,4 3,4 1,2 1,2 && diff -u want list.csv &&
	run 0 dsv resolve list.csv:#2 --base &&
	lines want a,b 1,2 3,4 1,2 1,2 && diff -u want list.csv &&
	run 3 dsv resolve list.csv:#2 --base &&
	merges list.csv "a,b 1,2 1,2 3,4" "a,b 1,2 3,4 3,4" \
		"a,b 1,2 1,2 1,2" &&
	run 0 dsv resolve list.csv --theirs &&
	out_has "2 conflicts resolved, 0 to go" &&
	lines want a,b 1,2 1,2 1,2 && diff -u want list.csv
'
test_that 'what stands in the file is replaced however it is written' '
	merges list.csv "a,b 1,2 1,2" "a,b \"1\",2" "a,b 1,2 1,2 1,2" &&
	run 0 dsv resolve list.csv:#1 --base && lines want a,b 1,2 1,2 &&
	diff -u want list.csv &&
	merges j.jsonl "{\"a\":1,\"b\":2} {\"a\":1,\"b\":2}" \
		"{\"b\":2,\"a\":1}" \
		"{\"a\":1,\"b\":2} {\"a\":1,\"b\":2} {\"a\":1,\"b\":2}" &&
	run 0 dsv resolve j.jsonl:#1 --theirs && [ "$(wc -l <j.jsonl)" = 3 ]
'
test_that 'columns that theirs added are in what is put back' '
	merges list.csv "a,b 1,2 1,2 5,6" "a,b 1,2 5,6" \
		"a,b,c 1,2, 1,2, 1,2, 5,6," &&
	run 0 dsv resolve list.csv:#1 --base &&
	head -1 list.csv >../head && has ../head a,b,c &&
	grep -c "^1,2,\$" list.csv >../n && has ../n 2 &&
	[ "$(wc -l <list.csv)" = 4 ]
'
test_that 'columns that theirs added are in our records as well' '
	merges t.csv "id,x 1,a 1,b 2,c" "id,x \"1\",d 1,b 2,c" \
		"id,x,y 1,a,7 1,e,7 2,c,7" &&
	run 0 dsv resolve t.csv:1 --theirs &&
	lines want id,x,y 1,a,7 1,e,7 2,c,7 && diff -u want t.csv &&
	merges t.csv "id,x 1,a 1,b 2,c" "id,x \"1\",d 1,b 2,c" \
		"id,x,y 1,a,7 1,e,7 2,c,7" &&
	run 0 dsv resolve t.csv:1 --ours &&
	lines want id,x,y "\"1\",d," 1,b, 2,c,7 && diff -u want t.csv &&
	merges list.csv "a,b 1,2 1,2 5,6" "a,b \"1\",2 5,6" \
		"a,b,c 1,2, 1,2, 1,2, 5,6," &&
	run 0 dsv resolve list.csv:#1 --base && grep -c 1,2, list.csv >../n &&
	has ../n 2 && [ "$(wc -l <list.csv)" = 4 ] &&
	merges t.csv "id,x 1,a 2,c" "id,x 1,b 2,c" "id,x,y 2,c,7" &&
	run 0 dsv resolve t.csv:1 --ours &&
	lines want id,x,y 1,b, 2,c,7 && diff -u want t.csv &&
	merges t.csv "id,x,z 1,a,0 1,b,0 2,c,0" "id,x,z 1,d,0 1,b,0 2,c,0" \
		"id,x 1,a 1,e 2,c" &&
	run 0 dsv resolve t.csv:1 --base &&
	lines want id,x 1,a 1,b 2,c && diff -u want t.csv
'
test_that 'the records without key of a file that has one are one group' '
	merges two.csv "id,part,x 1,1,a ,,a 2,,a" "id,part,x 1,1,b ,,b 2,,a" \
		"id,part,x 1,1,c ,,c 2,,a" &&
	words >words && lines want two.csv:1,1:x two.csv:, &&
	cmp want words && run 0 dsv resolve two.csv:, --theirs &&
	out_has "1 conflict resolved, 1 to go" &&
	lines want id,part,x 1,1,b ,,c 2,,a && diff -u want two.csv &&
	merges t.csv "id,x 1,a ,a" "id,x 1,b ,b" "id,x 1,c ,c" &&
	words >words && lines want t.csv:1:x t.csv: && cmp want words &&
	run 0 dsv resolve t.csv: --theirs && lines want id,x 1,b ,c &&
	diff -u want t.csv && rm words
'
test_that 'a doubled key is settled as a group' '
	merges t.csv "id,x 1,a 1,b" "id,x 1,c 1,b" "id,x 1,a 1,d" &&
	words >words && has words t.csv:1 && out_has duplicate_key &&
	run 0 dsv resolve t.csv:1 --theirs && lines want id,x 1,a 1,d &&
	diff -u want t.csv && rm words
'
test_that 'an address that none has: the nearest is offered' '
	merges t.csv "id,x 4711,a 8,a" "id,x 4711,b 8,b" "id,x 4711,c 8,c" &&
	run 3 dsv resolve t.csv:4712:x --ours &&
	err_has "no open conflict at '\''t.csv:4712:x'\''" &&
	err_has "did you mean '\''t.csv:4711:x'\''" &&
	run 3 dsv resolve t.csv:8:label --ours &&
	err_has "did you mean '\''t.csv:8:x'\''" &&
	run 3 dsv resolve u.csv --ours && err_has "dsv conflicts" &&
	run 0 dsv resolve t.csv:4711:x --ours &&
	run 3 dsv resolve t.csv:4711:x --ours &&
	err_lacks "did you mean '\''t.csv:4711:x'\''"
'
three='"id,x 1,a" "id,x 1,b" "id,x 1,c"'
test_that 'a merge goes on with dsv merge --continue' '
	eval "merges t.csv $three" && run 0 dsv resolve --all --ours &&
	out_has "next: dsv merge --continue" && run 0 dsv conflicts &&
	out_has "next: dsv merge --continue" &&
	GIT_EDITOR=true run 0 dsv merge --continue && [ "$(git rev-parse HEAD^2)" = \
		"$(git rev-parse side)" ] && run 0 dsv conflicts &&
	out_lacks next
'
test_that 'a merge of git goes on with it as well' '
	eval "sides t.csv $three" && ! git merge -q side >/dev/null 2>&1 &&
	run 0 dsv resolve --all --ours --json &&
	out_has "\"next\":\"dsv merge --continue\"" &&
	GIT_EDITOR=true run 0 dsv merge --continue && [ -z "$(git status --porcelain)" ]
'
test_that 'in a rebase the commits are named, ours is the upstream' '
	eval "sides t.csv $three" && git checkout -q side &&
	! git rebase -q main >/dev/null 2>&1 && run 4 dsv conflicts &&
	out_has "ours    main $(git rev-parse --short=7 main) Main" &&
	out_has "theirs  side $(git rev-parse --short=7 side) Side" &&
	run 0 dsv resolve t.csv:1:x --theirs &&
	out_has "next: git rebase --continue" &&
	GIT_EDITOR=true git rebase --continue >/dev/null 2>&1 &&
	lines want id,x 1,c && cmp want t.csv && rm want
'
test_that 'an older rebase (apply) names them as well' '
	eval "sides t.csv $three" && git checkout -q side &&
	! git rebase -q --apply main >/dev/null 2>&1 && run 4 dsv conflicts &&
	out_has "ours    main $(git rev-parse --short=7 main) Main" &&
	out_has "theirs  side $(git rev-parse --short=7 side) Side" &&
	run 0 dsv resolve --all --ours && out_has "next: git rebase" &&
	git rebase --abort
'
test_that 'a cherry-pick' '
	eval "sides t.csv $three" && ! git cherry-pick side >/dev/null 2>&1 &&
	run 4 dsv conflicts &&
	out_has "theirs  side $(git rev-parse --short=7 side) Side" &&
	run 0 dsv resolve --all --theirs &&
	out_has "next: git cherry-pick --continue" &&
	GIT_EDITOR=true git cherry-pick --continue >/dev/null
'
test_that 'a revert' '
	eval "sides t.csv $three" && lines t.csv id,x 1,z && dsv commit -qam Z &&
	! git revert --no-edit HEAD~1 >/dev/null 2>&1 && run 4 dsv conflicts &&
	out_has "theirs  parent of $(git rev-parse --short=7 HEAD~1) Main" &&
	run 0 dsv resolve --all --ours && out_has "next: git revert --continue" &&
	git revert --abort
'
test_that 'a stash' '
	eval "sides t.csv $three" && lines t.csv id,x 1,s && git stash -q &&
	lines t.csv id,x 1,z && dsv commit -qam Z &&
	! git stash pop -q >/dev/null 2>&1 && run 4 dsv conflicts &&
	out_has "theirs  stash@{0}" && run 0 dsv resolve --all --theirs &&
	out_has "next: git stash drop" && git stash drop -q &&
	lines want id,x 1,s && cmp want t.csv && rm want &&
	git reset -q --hard
'
finish
