. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog"
	tick
	snapshot Second "id,label" "1,cat" "2,fox"
	mkdir data
	lines data/more.csv id,label 1,x
	dsv track 'data/*.csv' --name more --key id --label label >/dev/null
	tick
	dsv commit -q -m More
	lines data/more.csv id,label 1,y
	tick
	dsv commit -q -am Changed
)
test_that 'git diff shows records' '
	run 0 git diff HEAD~3 HEAD~2 && out_is git_diff &&
	run 0 git diff HEAD~1 -- data && out_has "data/more.csv:1" &&
	echo 3,owl >>animals.csv && run 0 git diff && out_has "animals.csv:3  added" &&
	git checkout -q animals.csv
'
test_that 'git log -p and git show show a page' '
	run 0 git log -p -1 --format=%s HEAD~2 && out_is git_log &&
	run 0 git show --format=%s -- data && out_has "-  x  1" &&
	out_has "+  y  1"
'
test_that 'a new, a removed and a renamed file' '
	run 0 git diff HEAD~2 HEAD -- data && out_has "data/more.csv:1  added" &&
	git rm -q data/more.csv && run 0 git diff --cached &&
	out_has "data/more.csv:1  removed" && git reset -q --hard &&
	git mv animals.csv beasts.csv && run 0 git diff --cached -M &&
	git reset -q --hard
'
test_that 'too few arguments are wrong usage' 'run 2 dsv diff-driver a b'
finish
