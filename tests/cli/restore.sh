. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog"
	tick
	snapshot Second "id,label" "1,cat" "2,fox"
	cp animals.csv ../second
)
test_that 'the work tree from the index' '
	echo junk >>animals.csv && run 0 dsv restore animals.csv &&
	out_has "1 file written" && cmp animals.csv ../second
'
test_that '--source and --staged' '
	run 0 dsv restore --source HEAD~1 animals.csv &&
	dsv show HEAD~1:animals.csv >old && cmp old animals.csv &&
	dsv add -q animals.csv && run 0 dsv restore --staged animals.csv &&
	git diff --cached --quiet && run 0 dsv restore animals.csv && rm old &&
	cmp animals.csv ../second
'
test_that 'a path that matches nothing is an error' '
	run 3 dsv restore nosuch.csv && err_has nosuch.csv &&
	run 2 dsv restore && err_has "PATH is missing"
'
finish
