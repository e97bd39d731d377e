. "$(dirname "$0")/lib.sh"

# Two sides that both changed record 1, and one that removed what the other
# changed.
new_repo r
(
	cd "$repo" || exit
	lines t.csv id,text,label '1,"a, b",cat' 2,x,dog 3,y,cat 4,z,dog
	dsv track t.csv --key id --label label --yes >/dev/null
	dsv commit -q -m Base
	git checkout -q -b side
	lines t.csv id,text,label '1,"a, b",dog' 2,x2,dog 3,y,cat \
		'4,z,"fish, big"'
	dsv commit -qam Side
	git checkout -q main
	lines t.csv id,text,label '1,"a, b",bird' 2,x,dog 3,y,owl
	dsv commit -qam Main
)
begin()
{
	git reset -q --hard main && git merge side >/dev/null 2>&1
	[ $? = 1 ]
}
test_that 'without conflicts there is nothing to say' '
	run 0 dsv conflicts && out_has "no conflicts"
'
test_that 'what waits is listed, and 4 is the answer' '
	begin && run 4 dsv conflicts && out_is conflicts
'
test_that 'the same in JSON' '
	run 4 dsv conflicts --json && out_is conflicts_json
'
test_that 'nothing is staged or committed while one is open' '
	! git add t.csv && ! git commit -qam no && ! dsv commit -am no
'
test_that 'an address settles one, the last one stages the file' '
	run 0 dsv resolve t.csv:1:label --theirs &&
	out_has "1 conflict resolved, 1 to go" &&
	run 4 dsv conflicts && out_has "resolved" &&
	run 0 dsv resolve t.csv:4 --theirs &&
	out_has "1 conflict resolved, 0 to go" &&
	lines want id,text,label "1,\"a, b\",dog" 2,x2,dog 3,y,owl \
		"4,z,\"fish, big\"" &&
	diff -u want t.csv && rm want &&
	[ "$(git status --short)" = "M  t.csv" ] && dsv commit -q -m Merge
'
test_that '--set gives a field its own value, quoted where it must be' '
	git reset -q --hard HEAD~1 && begin &&
	run 0 dsv resolve t.csv:1:label --set "an, owl" &&
	run 0 dsv resolve t.csv:4 --ours &&
	lines want id,text,label "1,\"a, b\",\"an, owl\"" 2,x2,dog 3,y,owl &&
	diff -u want t.csv && rm want
'
test_that '--all --base takes what both came from' '
	begin && run 0 dsv resolve --all --base &&
	out_has "2 conflicts resolved, 0 to go" &&
	lines want id,text,label "1,\"a, b\",cat" 2,x2,dog 3,y,owl 4,z,dog &&
	diff -u want t.csv && rm want
'
test_that '--work takes what a person wrote' '
	begin && sed -i "s/bird/wren/" t.csv &&
	run 0 dsv resolve t.csv --work && grep -q wren t.csv &&
	git show :t.csv | grep -q sha256
'
test_that 'edits by hand elsewhere in the file stay' '
	begin && sed -i "s/3,y,owl/3,why,owl/" t.csv &&
	run 0 dsv resolve --all --theirs && grep -q 3,why,owl t.csv
'
test_that 'checkout --theirs is a resolution' '
	begin && git checkout -q --theirs t.csv && git add t.csv &&
	run 0 dsv conflicts
'
test_that 'an address without conflict changes nothing' '
	begin && cp t.csv before && run 3 dsv resolve t.csv:2 --ours &&
	cmp t.csv before && rm before
'
test_that 'wrong words are refused' '
	run 2 dsv resolve t.csv && run 2 dsv resolve --ours &&
	run 2 dsv resolve t.csv --ours --theirs &&
	run 2 dsv resolve t.csv:4 --set x && run 2 dsv resolve t.csv --set x
'
test_that 'one wrong address, and nothing is resolved' '
	begin && cp t.csv before &&
	run 3 dsv resolve t.csv:1:label t.csv:99 --theirs && cmp t.csv before &&
	rm before && run 4 dsv conflicts && out_has "2 conflicts in 1 file"
'
test_that 'a locked index loses nothing: the same again succeeds' '
	begin && : >.git/index.lock && ! dsv resolve --all --ours &&
	rm .git/index.lock && run 0 dsv resolve t.csv --theirs &&
	grep -q "2,x2,dog" t.csv && grep -q "1,\"a, b\",bird" t.csv &&
	grep -q "3,y,owl" t.csv && [ "$(git status --short)" = "M  t.csv" ] &&
	begin
'
test_that 'a subfolder and --json' '
	mkdir -p sub && cd sub &&
	run 0 dsv resolve ../t.csv:1 --ours --json &&
	out_has "\"resolved\":1,\"open\":1"
'
test_that 'a file of git is settled as a whole' '
	git reset -q --hard main && echo base >f && git add f &&
	git commit -qm f && git branch -f two && echo one >f &&
	git commit -qam one && git checkout -q two && echo two >f &&
	git commit -qam two && ! git merge main >/dev/null 2>&1 &&
	run 4 dsv conflicts && run 0 dsv resolve f --ours &&
	[ "$(cat f)" = two ] && git commit -qm merged && run 0 dsv conflicts
'
finish
