. "$(dirname "$0")/lib.sh"

new_repo r
test_that 'the file goes back to git as it is' '
	snapshot first "id,label" "1,cat" &&
	run 0 dsv untrack animals.csv && out_is untrack &&
	dsv commit -q -m "No longer" &&
	git cat-file -p HEAD:animals.csv >blob && cmp blob animals.csv &&
	lacks .gitattributes animals.csv && rm blob
'

test_that 'a path that is not tracked is an error' '
	run 3 dsv untrack nosuch.csv && err_has nosuch.csv
'

test_that 'history still has its data' '
	run 0 dsv show HEAD~1:animals.csv && cmp "$work/out" animals.csv
'
finish
