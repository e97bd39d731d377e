. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog"
	git tag v1
	tick
	snapshot Second "id,label" "1,cat" "2,fox"
)
test_that 'a commit, byte for byte, and back' '
	cp animals.csv new && run 0 dsv switch --detach v1 && out_is switch_detach &&
	dsv show v1:animals.csv >old && cmp old animals.csv &&
	git diff --quiet HEAD -- animals.csv && run 0 dsv switch main &&
	cmp new animals.csv && git diff --quiet HEAD -- animals.csv && rm new old
'
test_that '-c makes a branch' '
	run 0 dsv switch -c topic v1 && out_has "on topic, a new branch" &&
	[ "$(git symbolic-ref --short HEAD)" = topic ] && dsv switch main
'
test_that 'changes that would be lost are refused, nothing changed' '
	echo "3,owl" >>animals.csv && cp animals.csv kept &&
	run 1 dsv switch topic && err_has animals.csv && cmp kept animals.csv &&
	run 0 dsv switch --discard-changes topic && run 0 dsv switch main &&
	rm kept
'
test_that 'a branch that is not there is named with its neighbour' '
	run 3 dsv switch topik && err_has "did you mean '"'topic'"'?" &&
	run 2 dsv switch && err_has "BRANCH is missing"
'
test_that 'content that is not here leaves its pointer' '
	cp -r .git/dsv ../away && rm -rf .git/dsv/packs &&
	run 0 dsv switch topic && out_has "left as a pointer" &&
	rm -rf .git/dsv && cp -r ../away .git/dsv && dsv init >/dev/null &&
	dsv switch main
'
finish
