. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	lines reviews.csv id,text,sentiment 1,good,pos 2,bad,neg 3,so,neutral \
		4,fine,pos 5,hm, 6,gone,neg
	dsv track reviews.csv --key id --label sentiment >/dev/null
	dsv commit -q -m First
	git tag v1
	tick
	lines reviews.csv id,text,sentiment 1,good,pos '2,"bad, really",neg' \
		3,so,neg 4,fine,pos 5,hm,neutral 7,new,pos
	dsv commit -q -a -m Second
	git tag v2
)

test_that 'records with their changed fields' '
	run 0 dsv diff v1 v2 && out_is diff_records
'
test_that 'A..B is the same as A B, A...B starts at the merge base' '
	run 0 dsv diff v1..v2 && out_is diff_records &&
	run 0 dsv diff v1...v2 && out_is diff_records
'
test_that '--summary' 'run 0 dsv diff --summary v1..v2 && out_is diff_summary'
test_that '--stat' 'run 0 dsv diff --stat v1..v2 && out_is diff_stat'
test_that '--md' 'run 0 dsv diff --md v1..v2 && out_is diff_md'
test_that '--csv' 'run 0 dsv diff --csv v1..v2 && out_is diff_csv'
test_that '--json' 'run 0 dsv diff --json v1..v2 && out_is diff_json'
test_that '--json with --summary leaves the records out' '
	run 0 dsv diff --json --summary v1..v2 && out_lacks "\"record\"" &&
	out_has "\"summary\""
'

test_that '--only' '
	run 0 dsv diff v1 v2 --only added && out_has reviews.csv:7 &&
	out_lacks reviews.csv:3 &&
	run 0 dsv diff v1 v2 --only relabelled && out_has reviews.csv:3 &&
	out_lacks reviews.csv:5 && out_lacks reviews.csv:2 &&
	run 2 dsv diff v1 v2 --only nonsense && err_has relabelled
'
test_that '--where is true on either side' '
	run 0 dsv diff v1 v2 --where sentiment=neutral &&
	out_has reviews.csv:3 && out_has reviews.csv:5 &&
	out_lacks reviews.csv:2 && out_lacks reviews.csv:7 &&
	run 0 dsv diff v1 v2 --where sentiment=neg --where id=3 --stat &&
	out_has "~1" && run 2 dsv diff v1 v2 --where sentiment &&
	run 2 dsv diff v1 v2 --where sentimen=neg && err_has "sentiment"
'
test_that '--field shows one field' '
	run 0 dsv diff v1 v2 --field text && out_has "bad, really" &&
	out_lacks reviews.csv:3 && run 2 dsv diff v1 v2 --field txt &&
	err_has "did you mean '"'text'"'?"
'
test_that 'what counts all records is not narrowed down' '
	run 2 dsv diff v1 v2 --summary --only added && err_has "--summary"
'
test_that '--exit-code and --quiet' '
	run 1 dsv diff --exit-code v1 v2 && run 0 dsv diff --exit-code v2 v2 &&
	silent && run 1 dsv diff -q v1 v2 && silent && run 0 dsv diff -q v2 v2
'
test_that 'the work tree and the index' '
	run 0 dsv diff && silent &&
	sed -i "s/^1,good,pos/1,good,neg/" reviews.csv &&
	run 0 dsv diff && out_is diff_worktree && dsv add -q reviews.csv &&
	run 0 dsv diff && silent && run 0 dsv diff --staged &&
	out_is diff_worktree && run 0 dsv diff --cached v1 --stat &&
	out_has "~4" && run 0 dsv diff HEAD && out_is diff_worktree &&
	git reset -q --hard
'
test_that 'a path narrows it down' '
	run 0 dsv diff v1 v2 -- nosuch.csv && silent &&
	run 0 dsv diff v1 v2 -- reviews.csv && out_has reviews.csv:3
'
test_that 'two files outside of a repository' '
	cp reviews.csv "$work/b.csv" && dsv show v1:reviews.csv >"$work/a.csv" &&
	cd "$work" && run 0 dsv diff --no-index a.csv b.csv --key id \
		--label sentiment --stat && out_has "relabelled 1" &&
	run 2 dsv diff --no-index a.csv --key id &&
	run 3 dsv diff --no-index a.csv nosuch.csv --key id &&
	run 2 dsv diff --no-index a.csv b.csv --key ident && err_has id &&
	run 3 dsv diff && err_has "--no-index"
'
test_that 'a key over the definition' '
	run 0 dsv diff v1 v2 --key text --stat && out_has "+2" 
'
test_that 'plain blobs in any git repository' '
	mkdir ../plain && cd ../plain && git init -q &&
	cp ../a.csv data.csv && git add . && git commit -qm 1 &&
	cp ../b.csv data.csv && git commit -qam 2 &&
	run 0 dsv diff HEAD~1 HEAD --key id --label sentiment --summary &&
	is_empty "$work/err" && sed "1d" "$work/out" >plain &&
	sed "1d" "$here/golden/diff_summary" >stored && cmp plain stored
'
test_that 'columns, order, renames and removed files' '
	lines cols.csv id,label 1,x 2,y 3,z && dsv track cols.csv --key id \
		--label label >/dev/null && dsv commit -q -m cols &&
	lines cols.csv id,label,more 3,z,a 2,y,b 1,x,c &&
	run 0 dsv diff --summary && out_has "new columns  more" &&
	lines cols.csv id,label 3,z 2,y 1,x && run 0 dsv diff &&
	out_has "records moved" && git checkout -q cols.csv &&
	git mv cols.csv moved.csv && run 0 dsv diff --staged --stat &&
	git reset -q --hard && git rm -q cols.csv &&
	run 0 dsv diff --staged --only removed && out_has "cols.csv:1  removed" &&
	git reset -q --hard
'
test_that 'exclusive forms and unknown options are wrong usage' '
	run 2 dsv diff --stat --md && err_has exclude &&
	run 2 dsv diff --sumary && err_has "did you mean '"'--summary'"'?" &&
	run 2 dsv diff v1 v2 v1 && err_has "one revision too many"
'
test_that 'a word that is revision and file needs --' '
	echo x >v1 && run 2 dsv diff v1 && err_has "both a revision and a file" &&
	run 0 dsv diff v1 -- && out_has reviews.csv:3 &&
	run 0 dsv diff -- v1 && silent && rm v1
'
test_that 'change lists change nothing but time' '
	run 0 dsv diff --json v1..v2 && cp "$work/out" first &&
	run 0 dsv diff --json v1..v2 && cmp first "$work/out" &&
	run 0 dsv diff --json --no-cache v1..v2 && cmp first "$work/out" &&
	rm -rf .git/dsv/cache && run 0 dsv diff --json v1..v2 &&
	cmp first "$work/out" && rm first
'
new_repo address
(
	cd "$repo" || exit
	snapshot "First" "id,label" "1,cat" "2,dog"
	tick
	snapshot "Second" "id,label" "1,cow" "2,fox"
)
test_that 'one record by its address' '
	cd "$repo" && run 0 dsv diff HEAD~1..HEAD animals.csv:2 &&
	out_has fox && out_lacks cow &&
	run 1 dsv diff HEAD~1..HEAD animals.csv:2:label --exit-code &&
	run 0 dsv diff HEAD~1..HEAD animals.csv:9 --exit-code
'
test_that 'with --key an address has a key of its own' '
	run 0 dsv diff HEAD~1..HEAD animals.csv:2,fox --key id,label &&
	out_has "animals.csv:2,fox  added" && out_lacks cow &&
	run 2 dsv diff HEAD~1..HEAD animals.csv:2 --key id,label &&
	err_has "is id,label, not 1 fields"
'
finish
