. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog" "3,owl"
	git switch -q -c theirs
	tick
	snapshot Theirs "id,label" "1,cat" "2,dog" "3,fox"
	git switch -q main
)
test_that 'a side that did not change takes the other' '
	echo note >notes.txt && dsv add -q . && dsv commit -q -m Notes &&
	run 0 git merge -q --no-edit theirs &&
	dsv show theirs:animals.csv >want && cmp want animals.csv &&
	rm want && git reset -q --hard HEAD~1
'
test_that 'two changed versions are a conflict of the whole file' '
	snapshot Ours "id,label" "1,bat" "2,dog" "3,owl" && cp animals.csv ours &&
	run 1 git merge --no-edit theirs && cmp ours animals.csv &&
	lacks animals.csv "<<<<<<<" &&
	git ls-files -u >stages && [ "$(wc -l <stages)" -eq 3 ]
'
test_that 'status names it, and it cannot be committed' '
	run 0 dsv status && out_has "changed on both sides" &&
	run 1 dsv commit -m Over && err_has animals.csv &&
	run 128 git commit -qm Over && git ls-files -u >stages &&
	[ "$(wc -l <stages)" -eq 3 ]
'
test_that 'commit -a does not take ours unseen, but a side that was added' '
	run 1 git commit -qam Over && err_has "animals.csv" &&
	git ls-files -u >stages && [ "$(wc -l <stages)" -eq 3 ] &&
	git checkout -q --theirs animals.csv &&
	run 0 git commit -qam "Take theirs" && git reset -q --hard HEAD~1 &&
	run 1 git merge --no-edit theirs && git add animals.csv &&
	run 0 git commit -qm "Take ours" && git reset -q --hard HEAD~1 &&
	run 1 git merge --no-edit theirs
'
test_that 'one side is a resolution' '
	git checkout -q --theirs animals.csv && git add animals.csv &&
	run 0 git commit -q --no-edit && rm -f ours stages &&
	[ "$(git rev-parse HEAD:animals.csv)" = \
		"$(git rev-parse theirs:animals.csv)" ]
'
test_that 'a merge that is given up leaves nothing behind' '
	git reset -q --hard HEAD~1 && run 1 git merge --no-edit theirs &&
	git merge --abort && run 0 dsv status &&
	out_lacks "to be settled" && echo 4,ant >>animals.csv &&
	run 0 git commit -qam After
'
finish
