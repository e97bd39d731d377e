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
	run 2 dsv restore && err_has "PATH|ADDRESS is missing"
'
new_repo record
(
	cd "$repo" || exit
	lines t.csv id,text '1,"a, b"' 2,x 3,y
	dsv track t.csv --key id --yes >/dev/null
	dsv commit -q -m Base
)
test_that 'one record comes back, whatever else changed' '
	lines t.csv id,text 4,new "1,changed" 3,other &&
	run 0 dsv restore t.csv:1 && run 0 dsv restore t.csv:2 &&
	run 0 dsv restore --source HEAD t.csv:4 &&
	lines want id,text "1,\"a, b\"" 3,other 2,x && diff -u want t.csv
'
test_that 'columns that were others are refused, nothing is written' '
	lines t.csv id,text,more 1,b,c && cp t.csv before &&
	run 3 dsv restore t.csv:1 && cmp t.csv before &&
	run 2 dsv restore --staged t.csv:1
'
finish
